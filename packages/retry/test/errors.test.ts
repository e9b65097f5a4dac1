import { AetherError, isAetherError } from "@aether/core";
import { describe, expect, test } from "vitest";
import * as retry from "../src/index.ts";
import { conflictAt } from "./counting.ts";

const conflicts = [conflictAt(1), conflictAt(2)];
const gaveUp = { actorId: "a", attempt: 2, elapsedMs: 3.4, conflicts };
const table = [
  {
    make: () => new retry.RetriesExhaustedError(gaveUp),
    name: "RetriesExhaustedError",
    code: "AETHER_RETRIES_EXHAUSTED",
    fields: { actorId: "a", attempts: 2, elapsedMs: 3.4, conflicts },
    cause: conflicts[1],
    says: ['"a"', "2 attempt(s)", "3 ms", "allow more attempts"],
  },
  {
    make: () => new retry.ThrashingError(gaveUp),
    name: "ThrashingError",
    code: "AETHER_THRASHING",
    fields: { actorId: "a", attempts: 2, elapsedMs: 3.4, conflicts },
    cause: conflicts[1],
    says: ['"a"', "2 attempt(s)", "the same version", "read the new events"],
  },
  {
    make: () => new retry.CircuitOpenError({ actorId: "a", retryAfterMs: 30, cause: conflicts[0] }),
    name: "CircuitOpenError",
    code: "AETHER_CIRCUIT_OPEN",
    fields: { actorId: "a", retryAfterMs: 30 },
    cause: conflicts[0],
    says: ['"a"', "in 30 ms or later"],
  },
  {
    make: () => new retry.RetryQueueFullError({ actorId: "a", capacity: 10, roomTimeoutMs: 5_000 }),
    name: "RetryQueueFullError",
    code: "AETHER_RETRY_QUEUE_FULL",
    fields: { actorId: "a", capacity: 10, roomTimeoutMs: 5_000 },
    cause: undefined,
    says: ['"a"', "queue of 10", "5000 ms", "append more slowly"],
  },
  {
    make: () => new retry.RetryQueueClosedError({ actorId: "a" }),
    name: "RetryQueueClosedError",
    code: "AETHER_RETRY_QUEUE_CLOSED",
    fields: { actorId: "a" },
    cause: undefined,
    says: ['"a"', "closed", "create a new one"],
  },
] as const;

test("the table contains every error that the package exports", () => {
  const exported = Object.values(retry).filter(
    (value) => typeof value === "function" && value.prototype instanceof Error,
  );
  expect(new Set(table.map(({ make }) => make().constructor))).toEqual(new Set(exported));
});

describe.each(table)("$name ($code)", ({ make, name, code, fields, cause, says }) => {
  test("has its name, code, fields and cause, and is an AetherError", () => {
    const error = make();
    expect(error).toBeInstanceOf(AetherError);
    expect(error).toMatchObject({ name, code, ...fields });
    expect(error.stack).toContain(name);
    expect(error.cause).toBe(cause);
    expect("cause" in error).toBe(cause !== undefined);
  });

  test("its message describes the problem, the actor and the remedy", () => {
    for (const words of says) expect(make().message).toContain(words);
  });

  test("isAetherError matches its code only", () => {
    for (const other of table) expect(isAetherError(make(), other.code)).toBe(other.code === code);
  });

  test("its JSON form is complete", () => {
    const json = JSON.parse(JSON.stringify(make()));
    const plain = JSON.parse(JSON.stringify(fields));
    const jsonCause = cause === undefined ? {} : { cause: JSON.parse(JSON.stringify(cause)) };
    expect(json).toEqual({ name, code, message: make().message, ...plain, ...jsonCause });
  });
});

test("other fields of the details are not copied", () => {
  const failed = { ...gaveUp, error: conflictAt(2), previousDelayMs: 100 };
  const fields = ["name", "code", "actorId", "attempts", "elapsedMs", "conflicts"];
  expect(new Set(Object.keys(new retry.RetriesExhaustedError(failed)))).toEqual(new Set(fields));
});

test("a very long actor id is complete in the field and cut in the message", () => {
  const error = new retry.RetryQueueClosedError({ actorId: "x".repeat(100_000) });
  expect(error.actorId).toHaveLength(100_000);
  expect(error.message.length).toBeLessThan(500);
});
