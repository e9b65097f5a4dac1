import type { History, RecordedOperation, RecordedPage } from "./history.ts";

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => Number.isFinite(value);
const isEvent: Check = (value) =>
  isObject(value) && isText(value.id) && isNumber(value.version) && isText(value.content);
const isReceipt: Check = (value) =>
  isObject(value) && isText(value.id) && isNumber(value.version) && isText(value.position);
const areEvents: Check = (value) => Array.isArray(value) && value.every(isEvent);

const outcomes: readonly unknown[] = ["ok", "conflict", "same-event", "unknown", "failed"];

const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

/** For each kind of operation, the fields and their checks. */
const fieldsOf: Readonly<Record<RecordedOperation["kind"], Readonly<Record<string, Check>>>> = {
  save: {
    events: areEvents,
    outcome: (value) => outcomes.includes(value),
    receipts: optional((value) => Array.isArray(value) && value.every(isReceipt)),
    currentVersion: optional(isNumber),
  },
  read: { fromVersion: isNumber, toVersion: optional(isNumber), events: areEvents },
  "latest-version": { version: isNumber },
};

const commonFields: Readonly<Record<string, Check>> = {
  client: isText,
  actorId: isText,
  startedAt: isNumber,
  endedAt: isNumber,
};

const isFeedEvent: Check = (value) =>
  isEvent(value) && isObject(value) && isText(value.actorId) && isText(value.position);

const fieldsOfPages: Readonly<Record<string, Check>> = {
  client: isText,
  read: isText,
  startedAt: isNumber,
  endedAt: isNumber,
  after: optional(isText),
  eventTypes: optional((value) => Array.isArray(value) && value.every(isText)),
  actorIdPrefix: optional(isText),
  partition: optional(isNumber),
  events: (value) => Array.isArray(value) && value.every(isFeedEvent),
  position: optional(isText),
  isCaughtUp: (value) => typeof value === "boolean",
};

/** Returns the problems of a history that cannot be checked, each as a sentence. */
export function problemsOf(
  operations: readonly RecordedOperation[],
  contents: History["contents"],
  pages: readonly RecordedPage[],
): readonly string[] {
  const problems = operations.flatMap((operation, index) => {
    const problem = problemOf(operation);
    return problem === undefined ? [] : [`operation ${index} ${problem}`];
  });
  for (const [index, page] of pages.entries()) {
    const problem = isObject(page) ? problemIn(page, fieldsOfPages, "page") : "is not an object";
    if (problem !== undefined) problems.push(`page ${index} ${problem}`);
  }
  for (const [actorId, events] of contents) {
    if (!areEvents(events)) problems.push(`the contents of actor ${actorId} are not an array of recorded events`);
  }
  return problems;
}

function problemOf(operation: unknown): string | undefined {
  if (!isObject(operation)) return "is not an object";
  const { kind } = operation;
  if (typeof kind !== "string" || !Object.hasOwn(fieldsOf, kind)) return `has the kind ${JSON.stringify(kind)}`;
  return problemIn(operation, { ...commonFields, ...fieldsOf[kind as RecordedOperation["kind"]] }, kind);
}

/** Returns the first field that is not valid, or `undefined`. */
function problemIn(record: Fields, fields: Readonly<Record<string, Check>>, kind: string): string | undefined {
  const wrong = Object.entries(fields).find(([field, check]) => !check(record[field]));
  if (wrong !== undefined) {
    const [field] = wrong;
    return `(${kind}) has no valid ${field}: ${JSON.stringify(record[field]) ?? "undefined"}`;
  }
  const isReversed = (record.endedAt as number) < (record.startedAt as number);
  return isReversed ? `(${kind}) ended before it started` : undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}
