import type { Call } from "./call.ts";
import { violation } from "./instrumented-call.ts";

/** Type of the values that a method must resolve to, or that its iterable must yield. */
interface ResultKind {
  readonly inWords: string;
  readonly fits: (value: unknown) => boolean;
}

const DOCUMENT = "a document: { collection, id, value, revision }";

const resultKinds: Readonly<Record<string, ResultKind>> = {
  saveEvent: { inWords: "a receipt: { id, version, timestamp, position }", fits: isReceipt },
  saveEvents: { inWords: "an array of receipts: { id, version, timestamp, position }", fits: isArrayOf(isReceipt) },
  getEvents: { inWords: "an array of events", fits: isArrayOf(isObject) },
  getLatestVersion: { inWords: "a number", fits: (value) => typeof value === "number" },
  getEventsWithErrors: { inWords: "an object with two arrays: { events, errors }", fits: isEventsWithErrors },
  getLatestPosition: { inWords: "a position or undefined", fits: isOptionalText },
  readFeed: { inWords: "a page: { events, errors, position, isCaughtUp }", fits: isPage },
  readEvents: { inWords: "an event", fits: isObject },
  listActors: { inWords: "the id of an actor", fits: (value) => typeof value === "string" },
  getLatestSnapshot: { inWords: "a snapshot or undefined", fits: (value) => value === undefined || isObject(value) },
  getDocument: { inWords: `${DOCUMENT}, or undefined`, fits: (value) => value === undefined || isDocument(value) },
  putDocument: { inWords: "a revision", fits: isRevision },
  deleteDocument: { inWords: "undefined", fits: (value) => value === undefined },
  listDocuments: { inWords: DOCUMENT, fits: isDocument },
  writeDocuments: { inWords: "an array of revisions and undefined", fits: isArrayOf(isOptionalRevision) },
  watchDocuments: { inWords: "a change: put, delete or current", fits: isChange },
};

/** Checks that a call resolved to, or yielded, the type that its method declares. @throws {@link ConformanceError} */
export function checkResult(method: PropertyKey, call: Call, value: unknown, verb = "resolves to"): void {
  const name = String(method);
  const kind = Object.hasOwn(resultKinds, name) ? resultKinds[name] : undefined;
  if (kind === undefined || kind.fits(value)) return;
  throw violation(`${name} ${verb} the type that the contract declares`, call, kind.inWords, value);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}

function isPage(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { events, errors, position, isCaughtUp } = value as Readonly<Record<string, unknown>>;
  const areStored = isArrayOf((stored) => isObject(stored) && isObject(Reflect.get(stored, "event")));
  const isComplete = typeof isCaughtUp === "boolean" && isOptionalText(position);
  return isComplete && areStored(events) && isArrayOf(isObject)(errors);
}

function isReceipt(value: unknown): boolean {
  if (!isObject(value)) return false;
  const types = { id: "string", version: "number", timestamp: "string", position: "string" };
  return Object.entries(types).every(([field, type]) => typeof Reflect.get(value, field) === type);
}

function isRevision(value: unknown): boolean {
  return typeof value === "string" && value !== "" && value !== "absent";
}

function isOptionalRevision(value: unknown): boolean {
  return value === undefined || isRevision(value);
}

function isDocument(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { collection, id, value: content, revision } = value as Readonly<Record<string, unknown>>;
  return typeof collection === "string" && typeof id === "string" && isObject(content) && isRevision(revision);
}

function isChange(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { type, document, collection, id } = value as Readonly<Record<string, unknown>>;
  if (type === "put") return isDocument(document);
  return type === "current" || (type === "delete" && typeof collection === "string" && typeof id === "string");
}

function isEventsWithErrors(value: unknown): boolean {
  return isObject(value) && ["events", "errors"].every((field) => isArrayOf(isObject)(Reflect.get(value, field)));
}

function isArrayOf(fits: (item: unknown) => boolean): (value: unknown) => boolean {
  return (value) => Array.isArray(value) && value.every(fits);
}
