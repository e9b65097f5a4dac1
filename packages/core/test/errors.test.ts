import { describe, expect, test } from "vitest";
import * as core from "../src/index.ts";
import {
  AetherError,
  BusClosedError,
  because,
  DocumentTooLargeError,
  EventTooLargeError,
  errorFromJson,
  HistoryTruncatedError,
  InvalidArgumentError,
  InvalidDocumentError,
  InvalidEventError,
  InvalidNamespaceError,
  invalid,
  isAetherError,
  isVersionConflictError,
  OutcomeUnknownError,
  quote,
  type Revision,
  RevisionConflictError,
  StoreClosedError,
  StoreUnavailableError,
  StreamResetError,
  SubscriptionOverflowError,
  SubscriptionUsedError,
  UnsupportedError,
  VersionConflictError,
} from "../src/index.ts";

interface Row {
  readonly make: (details: { readonly cause?: unknown }) => AetherError;
  readonly name: string;
  readonly code: keyof core.ErrorsByCode;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Words of the message: what happened, to which thing, and what to do. */
  readonly says: readonly string[];
}

const document = { collection: "carts", id: "cart-1" };
const revision = (text: string): Revision => text as Revision;
const conflict = { actorId: "order-1", attemptedVersion: 3, currentVersion: 7 };
const table: readonly Row[] = [
  {
    make: (d) => new VersionConflictError({ ...conflict, ...d }),
    name: "VersionConflictError",
    code: "AETHER_VERSION_CONFLICT",
    fields: { ...conflict, sameEvent: false },
    says: ["version 3", '"order-1"', "latest version is 7", "decide again"],
  },
  {
    make: (d) => new VersionConflictError({ ...conflict, sameEvent: true, ...d }),
    name: "VersionConflictError",
    code: "AETHER_VERSION_CONFLICT",
    fields: { ...conflict, sameEvent: true },
    says: ["version 3", '"order-1"', "already stored", "nothing left to do"],
  },
  {
    make: (d) => new InvalidEventError({ path: "data.price", reason: "is NaN", ...d }),
    name: "InvalidEventError",
    code: "AETHER_INVALID_EVENT",
    fields: { path: "data.price", reason: "is NaN" },
    says: ["invalid event", "data.price is NaN"],
  },
  {
    make: (d) => new InvalidArgumentError({ argument: "fromVersion", reason: "must be an integer", ...d }),
    name: "InvalidArgumentError",
    code: "AETHER_INVALID_ARGUMENT",
    fields: { argument: "fromVersion", reason: "must be an integer" },
    says: ["fromVersion must be an integer"],
  },
  {
    make: (d) => new InvalidNamespaceError({ namespace: "a..b", reason: "has an empty token", ...d }),
    name: "InvalidNamespaceError",
    code: "AETHER_INVALID_NAMESPACE",
    fields: { namespace: "a..b", reason: "has an empty token" },
    says: ['"a..b"', "has an empty token"],
  },
  {
    make: (d) => new EventTooLargeError({ actorId: "order-1", sizeBytes: 20, limitBytes: 10, ...d }),
    name: "EventTooLargeError",
    code: "AETHER_EVENT_TOO_LARGE",
    fields: { actorId: "order-1", sizeBytes: 20, limitBytes: 10 },
    says: ['"order-1"', "20 bytes", "limit of the store is 10", "save fewer events"],
  },
  {
    make: (d) => new EventTooLargeError({ actorId: "order-1", sizeBytes: 20, limitBytes: undefined, ...d }),
    name: "EventTooLargeError",
    code: "AETHER_EVENT_TOO_LARGE",
    fields: { actorId: "order-1", sizeBytes: 20, limitBytes: undefined },
    says: ['"order-1"', "20 bytes", "more than a server on the way accepts", "save fewer events"],
  },
  {
    make: (d) => new OutcomeUnknownError({ actorId: "order-1", eventIds: ["e1", "e2"], ...d }),
    name: "OutcomeUnknownError",
    code: "AETHER_OUTCOME_UNKNOWN",
    fields: { actorId: "order-1", eventIds: ["e1", "e2"] },
    says: ["unknown", '"order-1"', "same ids"],
  },
  {
    make: (d) => new StoreUnavailableError({ operation: "read events", reason: "time-out", ...d }),
    name: "StoreUnavailableError",
    code: "AETHER_STORE_UNAVAILABLE",
    fields: { operation: "read events", reason: "time-out" },
    says: ["could not read events", "time-out"],
  },
  {
    make: (d) => new UnsupportedError({ capability: "batch", ...d }),
    name: "UnsupportedError",
    code: "AETHER_UNSUPPORTED",
    fields: { capability: "batch" },
    says: ["does not have the capability batch", "supports()"],
  },
  {
    make: (d) => new StoreClosedError(d),
    name: "StoreClosedError",
    code: "AETHER_STORE_CLOSED",
    fields: {},
    says: ["closed", "open another"],
  },
  {
    make: (d) => new HistoryTruncatedError({ actorId: "order-1", firstVersion: 7, ...d }),
    name: "HistoryTruncatedError",
    code: "AETHER_HISTORY_TRUNCATED",
    fields: { actorId: "order-1", firstVersion: 7 },
    says: ['"order-1"', "before version 7", "truncatedHistory"],
  },
  {
    make: (d) => new StreamResetError({ streamName: "orders", reason: "it does not exist any more", ...d }),
    name: "StreamResetError",
    code: "AETHER_STREAM_RESET",
    fields: { streamName: "orders", reason: "it does not exist any more" },
    says: ["stream orders", "it does not exist any more", "open the store again"],
  },
  {
    make: (d) => new OutcomeUnknownError({ document, ...d }),
    name: "OutcomeUnknownError",
    code: "AETHER_OUTCOME_UNKNOWN",
    fields: { document, actorId: undefined, eventIds: [] },
    says: ['document "cart-1" of collection "carts"', "read the document"],
  },
  {
    make: (d) =>
      new RevisionConflictError({
        ...document,
        expectedRevision: revision("r-1"),
        currentRevision: revision("r-2"),
        ...d,
      }),
    name: "RevisionConflictError",
    code: "AETHER_REVISION_CONFLICT",
    fields: { ...document, expectedRevision: "r-1", currentRevision: "r-2" },
    says: ['document "cart-1" of collection "carts"', "expected revision r-1", "its revision is r-2", "decide again"],
  },
  {
    make: (d) =>
      new RevisionConflictError({ ...document, expectedRevision: "absent", currentRevision: revision("r-2"), ...d }),
    name: "RevisionConflictError",
    code: "AETHER_REVISION_CONFLICT",
    fields: { ...document, expectedRevision: "absent", currentRevision: "r-2" },
    says: ["expected no document", "its revision is r-2"],
  },
  {
    make: (d) =>
      new RevisionConflictError({
        ...document,
        expectedRevision: revision("r-1"),
        currentRevision: undefined,
        ...d,
      }),
    name: "RevisionConflictError",
    code: "AETHER_REVISION_CONFLICT",
    fields: { ...document, expectedRevision: "r-1", currentRevision: undefined },
    says: ["expected revision r-1", "it does not exist"],
  },
  {
    make: (d) => new DocumentTooLargeError({ ...document, sizeBytes: 2_000, limitBytes: 1_000, ...d }),
    name: "DocumentTooLargeError",
    code: "AETHER_DOCUMENT_TOO_LARGE",
    fields: { ...document, sizeBytes: 2_000, limitBytes: 1_000 },
    says: ['"cart-1"', "2000 bytes", "1000", "several documents"],
  },
  {
    make: (d) => new DocumentTooLargeError({ ...document, sizeBytes: 2_000, limitBytes: undefined, ...d }),
    name: "DocumentTooLargeError",
    code: "AETHER_DOCUMENT_TOO_LARGE",
    fields: { ...document, sizeBytes: 2_000, limitBytes: undefined },
    says: ["more than the server accepts"],
  },
  {
    make: (d) => new InvalidDocumentError({ ...document, reason: "is not JSON", ...d }),
    name: "InvalidDocumentError",
    code: "AETHER_INVALID_DOCUMENT",
    fields: { ...document, reason: "is not JSON" },
    says: ['document "cart-1" of collection "carts"', "its value is not JSON", "replace or delete"],
  },
  {
    make: (d) => new BusClosedError(d),
    name: "BusClosedError",
    code: "AETHER_BUS_CLOSED",
    fields: {},
    says: ["closed", "open another"],
  },
  {
    make: (d) => new SubscriptionOverflowError({ pattern: "a.>", bufferSize: 8, ...d }),
    name: "SubscriptionOverflowError",
    code: "AETHER_SUBSCRIPTION_OVERFLOW",
    fields: { pattern: "a.>", bufferSize: 8 },
    says: ['"a.>"', "8 events were waiting", "larger bufferSize"],
  },
  {
    make: (d) => new SubscriptionUsedError({ pattern: "a.>", ...d }),
    name: "SubscriptionUsedError",
    code: "AETHER_SUBSCRIPTION_USED",
    fields: { pattern: "a.>" },
    says: ['"a.>"', "already iterated", "subscribe again"],
  },
];

test("the table has every error that the package exports", () => {
  const exported = Object.values(core).filter(
    (value) => typeof value === "function" && value.prototype instanceof Error,
  );
  const inTable = new Set(table.map(({ make }) => make({}).constructor));
  expect(inTable).toEqual(new Set(exported.filter((value) => value !== AetherError)));
});

describe.each(table)("$name ($code)", ({ make, name, code, fields, says }) => {
  test("has its name, code and fields, and is an Error", () => {
    const error = make({});
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(AetherError);
    expect(error.name).toBe(name);
    expect(error.code).toBe(code);
    expect(error).toMatchObject(fields);
    expect(error.stack).toContain(name);
  });

  test("the message says what happened, to which thing, and what to do", () => {
    for (const words of says) expect(make({}).message).toContain(words);
  });

  test("has its cause, or no property cause", () => {
    const cause = new TypeError("deeper");
    expect(make({ cause }).cause).toBe(cause);
    expect("cause" in make({})).toBe(false);
  });

  test("isAetherError identifies it by its code", () => {
    const error = make({});
    expect(isAetherError(error)).toBe(true);
    for (const other of table) expect(isAetherError(error, other.code)).toBe(other.code === code);
    expect(isVersionConflictError(error)).toBe(code === "AETHER_VERSION_CONFLICT");
  });

  test("the JSON form has name, code, message, fields and cause, and nothing else", () => {
    const error = make({ cause: new TypeError("deeper") });
    const json = JSON.parse(JSON.stringify(error));
    const cause = { name: "TypeError", message: "deeper" };
    expect(json).toEqual({ name, code, message: error.message, ...fields, cause });
    expect(JSON.parse(JSON.stringify(make({})))).toEqual({ name, code, message: error.message, ...fields });
  });
});

describe.each(table)("$name ($code) in another thread", ({ make, code, fields }) => {
  test("is restored from a structured clone of its JSON form", () => {
    const error = make({ cause: make({ cause: new TypeError("deeper") }) });
    const json = error.toJSON();
    const restored = errorFromJson(structuredClone(json));
    expect(restored).toBeInstanceOf(Error);
    expect(isAetherError(restored, code)).toBe(true);
    expect(isAetherError(restored.cause, code)).toBe(true);
    expect(restored).toMatchObject({ ...fields, name: error.name, message: error.message });
    expect(restored.toJSON()).toEqual(json);
    expect("cause" in errorFromJson(make({}).toJSON())).toBe(false);
  });
});

describe("causes in JSON", () => {
  const causeOf = (cause: unknown): unknown => JSON.parse(JSON.stringify(new StoreClosedError({ cause }))).cause;

  test("an Aether error has its own JSON form, at any depth", () => {
    const deep = new InvalidEventError({ path: "data", reason: "is odd", cause: new RangeError("deepest") });
    expect(causeOf(deep)).toMatchObject({
      code: "AETHER_INVALID_EVENT",
      path: "data",
      cause: { name: "RangeError", message: "deepest" },
    });
  });

  test("a system error keeps its code, and its own cause", () => {
    const cause = Object.assign(new Error("refused", { cause: new Error("deepest") }), { code: "ECONNREFUSED" });
    expect(causeOf(cause)).toEqual({
      name: "Error",
      message: "refused",
      code: "ECONNREFUSED",
      cause: { name: "Error", message: "deepest" },
    });
  });

  test.each([
    ["a string", "oops", "oops"],
    ["a number", 7, "7"],
    ["null", null, "null"],
    ["a BigInt", 7n, "7"],
    ["an object that JSON cannot represent", { self: 1n }, "[object Object]"],
  ])("%s that was thrown becomes text", (_what, cause, expected) => {
    expect(causeOf(cause)).toBe(expected);
  });
});

describe("isAetherError", () => {
  test.each([
    ["undefined", undefined],
    ["null", null],
    ["a string", "AETHER_STORE_CLOSED"],
    ["another error", new Error("x")],
    ["an error with only the code", Object.assign(new Error("x"), { code: "AETHER_STORE_CLOSED" })],
  ])("is false for %s", (_what, value) => {
    expect(isAetherError(value)).toBe(false);
    expect(isAetherError(value, "AETHER_STORE_CLOSED")).toBe(false);
  });

  test("identifies an error from another copy of the package", async () => {
    const url = new URL("../src/store-errors.ts?copy", import.meta.url).href;
    const other = (await import(/* @vite-ignore */ url)) as typeof import("../src/store-errors.ts");
    const error = new other.StoreClosedError();
    expect(other.StoreClosedError).not.toBe(StoreClosedError);
    expect(isAetherError(error, "AETHER_STORE_CLOSED")).toBe(true);
  });
});

describe("version conflicts at the extremes", () => {
  test.each([
    ["a current version of 0", { actorId: "a", attemptedVersion: 0, currentVersion: 0 }],
    [
      "the largest safe integer",
      { actorId: "a", attemptedVersion: Number.MAX_SAFE_INTEGER, currentVersion: Number.MAX_SAFE_INTEGER },
    ],
    ["a negative attempt", { actorId: "a", attemptedVersion: -1, currentVersion: 4 }],
    ["an empty actor id", { actorId: "", attemptedVersion: 1, currentVersion: 1 }],
    ["special characters", { actorId: 'a"\\\n\u0000\u202e🜁\ud800', attemptedVersion: 1, currentVersion: 1 }],
  ])("%s: exact fields, a message on one line, valid JSON", (_what, details) => {
    const error = new VersionConflictError(details);
    expect(error).toMatchObject(details);
    expect(error.message).toContain(JSON.stringify(details.actorId));
    expect(error.message).toContain(String(details.attemptedVersion));
    expect(error.message).not.toContain("\n");
    expect(JSON.parse(JSON.stringify(error))).toMatchObject(details);
  });

  test("a very long actor id is complete in the field and cut in the message", () => {
    const error = new VersionConflictError({ actorId: "x".repeat(100_000), attemptedVersion: 1, currentVersion: 1 });
    expect(error.actorId).toHaveLength(100_000);
    expect(error.message.length).toBeLessThan(500);
  });
});

test("the error for an unknown outcome copies the event ids", () => {
  const eventIds = ["e1"];
  const error = new OutcomeUnknownError({ actorId: "a", eventIds });
  eventIds.push("e2");
  expect(error.eventIds).toEqual(["e1"]);
  expect(Object.isFrozen(error.eventIds)).toBe(true);
});

describe("for packages that define their own errors", () => {
  class FullError extends AetherError {
    override readonly name: string = "FullError";
    readonly code = "TEST_FULL" as const;
    declare readonly path: string;

    constructor(details: core.ErrorDetails<FullError>) {
      super(`${quote(details.path)} is full`, details);
    }
  }

  test("the details become fields, and the cause becomes the cause", () => {
    const cause = new Error("no space");
    const error = new FullError({ path: "/var", cause });
    expect(Object.keys(error)).toEqual(["path", "name", "code"]);
    expect(error).toMatchObject({ message: '"/var" is full', path: "/var", cause });
    expect(Object.getOwnPropertyDescriptor(error, "cause")?.enumerable).toBe(false);
  });

  test("quote shows up to 120 characters on one line", () => {
    expect(quote('a"\n')).toBe('"a\\"\\n"');
    expect(quote("x".repeat(120))).toBe(`"${"x".repeat(120)}"`);
    expect(quote("x".repeat(121))).toBe(`"${"x".repeat(117)}..."`);
    expect(quote(undefined)).toBe('"undefined"');
  });

  test("because leaves out a cause that is undefined", () => {
    expect(because({})).toEqual({});
    expect("cause" in new Error("x", because({ cause: undefined }))).toBe(false);
    expect(because({ cause: null })).toEqual({ cause: null });
  });

  test("invalid returns the error for an argument", () => {
    const error = invalid("options.name", "must be a string");
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({ argument: "options.name", reason: "must be a string" });
  });
});
