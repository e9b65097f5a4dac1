import { describe, expect, test } from "vitest";
import {
  checkHistory,
  type HistoryViolation,
  type RecordedEvent,
  type RecordedOperation,
  type RecordedRead,
  type RecordedReceipt,
  type RecordedSave,
  type RecordedVersionRead,
  type SaveOutcome,
} from "../../src/index.ts";

export function event(version: number, id = `e${version}`): RecordedEvent {
  return { id, version, content: `content of ${id}` };
}

interface Call {
  readonly client?: string;
  readonly actorId?: string;
  readonly at?: number;
}

const call = ({ client = "w", actorId = "a", at = 0 }: Call) => ({ client, actorId, startedAt: at, endedAt: at + 1 });

export function save(
  events: readonly RecordedEvent[],
  outcome: SaveOutcome = "ok",
  by: Call & Pick<RecordedSave, "receipts" | "currentVersion"> = {},
): RecordedSave {
  const { receipts, currentVersion } = by;
  return { kind: "save", ...call(by), events, outcome, receipts, currentVersion };
}

/** Receipts for events, with one position each. */
export function receipts(events: readonly RecordedEvent[], ...positions: readonly string[]): RecordedReceipt[] {
  return events.map(({ id, version }, index) => ({ id, version, position: positions[index] ?? "" }));
}

export function read(
  events: readonly RecordedEvent[],
  by: Call & { readonly fromVersion?: number; readonly toVersion?: number } = {},
): RecordedRead {
  const { fromVersion = 0, toVersion = Number.MAX_SAFE_INTEGER } = by;
  return { kind: "read", ...call(by), fromVersion, toVersion, events };
}

export function latest(version: number, by: Call = {}): RecordedVersionRead {
  return { kind: "latest-version", ...call(by), version };
}

/** The calls of clients and the stored events of actor `a`, and the violations that `checkHistory` must report. */
export interface BadHistory {
  readonly what: string;
  readonly operations: readonly RecordedOperation[];
  readonly stored: readonly RecordedEvent[];
  readonly violations: readonly Partial<HistoryViolation>[];
}

/** A history without violations. */
export type GoodHistory = Omit<BadHistory, "violations">;

/** Tests that `checkHistory` reports exactly the violations of each history. */
export function testHistories(bad: readonly BadHistory[], good: readonly GoodHistory[]): void {
  describe("checkHistory reports a bad history with its reason", () => {
    test.each(bad)("$what", ({ operations, stored, violations }) => {
      expect(judge(operations, stored)).toEqual(violations.map((violation) => expect.objectContaining(violation)));
    });
  });
  describe("checkHistory accepts a history that looks odd but is correct", () => {
    test.each(good)("$what", ({ operations, stored }) => {
      expect(judge(operations, stored)).toEqual([]);
    });
  });
}

function judge(
  operations: readonly RecordedOperation[],
  stored: readonly RecordedEvent[],
): readonly HistoryViolation[] {
  return checkHistory({ operations, contents: new Map([["a", stored]]) });
}
