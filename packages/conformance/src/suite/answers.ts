import { broken } from "./watched-calls.ts";

/** What a call must resolve to for a case to look at it at all. */
interface Answer {
  readonly inWords: string;
  readonly fits: (value: unknown) => boolean;
}

const answers: Readonly<Record<string, Answer>> = {
  saveEvent: { inWords: "a receipt: { id, version, timestamp, position }", fits: isReceipt },
  saveEvents: { inWords: "an array of receipts: { id, version, timestamp, position }", fits: arrayOf(isReceipt) },
  getEvents: { inWords: "an array of events", fits: arrayOf(isObject) },
  getLatestVersion: { inWords: "a number", fits: (value) => typeof value === "number" },
  getEventsWithErrors: { inWords: "{ events, errors }, both of them arrays", fits: isEventsWithErrors },
  getLatestSnapshot: { inWords: "a snapshot or undefined", fits: (value) => value === undefined || isObject(value) },
};

/** Checks that a call resolved to the kind of value that its method promises. @throws {@link ConformanceError} */
export function checkAnswer(method: PropertyKey, call: string, value: unknown): void {
  const name = String(method);
  const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
  if (answer === undefined || answer.fits(value)) return;
  throw broken(`${name} resolves to what the contract says`, call, answer.inWords, value);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isReceipt(value: unknown): boolean {
  if (!isObject(value)) return false;
  const types = { id: "string", version: "number", timestamp: "string", position: "string" };
  return Object.entries(types).every(([field, type]) => typeof Reflect.get(value, field) === type);
}

function isEventsWithErrors(value: unknown): boolean {
  return isObject(value) && ["events", "errors"].every((field) => arrayOf(isObject)(Reflect.get(value, field)));
}

function arrayOf(fits: (item: unknown) => boolean): (value: unknown) => boolean {
  return (value) => Array.isArray(value) && value.every(fits);
}
