import { describe, expect, test } from "vitest";
import { checkHistory, type RecordedOperation } from "../../src/index.ts";
import { event, latest, read, receipts, save } from "./history-builders.ts";

const a1 = event(1);

/** The operations in the form that they have after they were written to a file and read again. */
function asJson(operations: readonly RecordedOperation[]): readonly RecordedOperation[] {
  return JSON.parse(JSON.stringify(operations)) as readonly RecordedOperation[];
}

describe("checkHistory reports a malformed history, and does not throw", () => {
  test.each([
    { what: "no operations", history: { contents: new Map() } },
    { what: "no contents", history: { operations: [] } },
    { what: "an operation that is null", history: { operations: [null], contents: new Map() } },
    { what: "contents that are undefined", history: { operations: [], contents: new Map([["a", undefined]]) } },
    { what: "events that are undefined", history: { operations: [], contents: new Map([["a", [undefined]]]) } },
    { what: "no history", history: undefined },
  ])("$what", ({ history }) => {
    const violations = checkHistory(history as never);
    expect(violations).toEqual([
      { rule: "malformed-history", reason: expect.stringContaining("the history cannot be checked") },
    ]);
  });

  const { endedAt: _, ...unended } = save([a1]);
  test.each([
    { operation: unended, problem: "(save) has no valid endedAt: undefined" },
    { operation: { ...save([a1]), endedAt: null }, problem: "(save) has no valid endedAt: null" },
    { operation: { ...save([a1]), endedAt: Number.NaN }, problem: "(save) has no valid endedAt: null" },
    { operation: { ...read([]), startedAt: "1" }, problem: '(read) has no valid startedAt: "1"' },
    { operation: { ...read([]), startedAt: 7 }, problem: "(read) ended before it started" },
    { operation: { ...save([a1]), outcome: "OK" }, problem: '(save) has no valid outcome: "OK"' },
    { operation: { ...save([a1]), outcome: undefined }, problem: "(save) has no valid outcome: undefined" },
    { operation: { ...save([a1]), client: 7 }, problem: "(save) has no valid client: 7" },
    { operation: { ...save([a1]), actorId: null }, problem: "(save) has no valid actorId: null" },
    { operation: { ...save([a1]), events: undefined }, problem: "(save) has no valid events: undefined" },
    { operation: save([{ ...a1, version: "1" } as never]), problem: expect.stringContaining("no valid events") },
    { operation: save([{ ...a1, content: undefined } as never]), problem: expect.stringContaining("no valid events") },
    {
      operation: { ...save([a1]), receipts: [{ id: "e1", version: 1 }] },
      problem: '(save) has no valid receipts: [{"id":"e1","version":1}]',
    },
    {
      operation: { ...save([a1], "conflict"), currentVersion: "2" },
      problem: '(save) has no valid currentVersion: "2"',
    },
    { operation: { ...read([]), fromVersion: undefined }, problem: "(read) has no valid fromVersion: undefined" },
    { operation: { ...read([]), toVersion: null }, problem: "(read) has no valid toVersion: null" },
    { operation: { ...latest(1), version: undefined }, problem: "(latest-version) has no valid version: undefined" },
    { operation: { ...latest(1), kind: "latest" }, problem: 'has the kind "latest"' },
    { operation: { ...latest(1), kind: "toString" }, problem: 'has the kind "toString"' },
    { operation: {}, problem: "has the kind undefined" },
    { operation: 7, problem: "is not an object" },
  ])("an operation that $problem", ({ operation, problem }) => {
    const operations = [save([a1]), operation as RecordedOperation];
    const [violation, ...others] = checkHistory({ operations, contents: new Map([["a", [a1]]]) });
    expect(others).toEqual([]);
    expect(violation?.rule).toBe("malformed-history");
    const prefix = "the history cannot be checked: operation 1 ";
    expect(violation?.reason.slice(0, prefix.length)).toBe(prefix);
    expect(violation?.reason.slice(prefix.length)).toEqual(problem);
  });

  test("every malformed operation is reported", () => {
    const operations = asJson([save([a1], "ok", { at: Number.NaN }), latest(Number.NaN), latest(1)]);
    const violations = checkHistory({ operations, contents: new Map([["a", [a1]]]) });
    expect(violations.map(({ reason }) => reason)).toEqual([
      "the history cannot be checked: operation 0 (save) has no valid startedAt: null",
      "the history cannot be checked: operation 1 (latest-version) has no valid version: null",
    ]);
  });
});

test("checkHistory accepts operations in the form of JSON, and from an iterator", () => {
  const operations = asJson([
    save([a1], "ok", { receipts: receipts([a1], "1") }),
    save([event(1, "late")], "conflict", { at: 10, currentVersion: 1 }),
    read([a1], { at: 20 }),
    latest(1, { at: 20 }),
  ]);
  expect(checkHistory({ operations: operations.values(), contents: new Map([["a", [a1]]]) })).toEqual([]);
});
