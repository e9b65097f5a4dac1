import {
  checkHistory,
  type HistoryViolation,
  type RecordedEvent,
  type RecordedOperation,
  type RecordedRead,
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

export function save(events: readonly RecordedEvent[], outcome: SaveOutcome = "ok", by: Call = {}): RecordedSave {
  return { kind: "save", ...call(by), events, outcome };
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

export function judge(
  operations: readonly RecordedOperation[],
  stored: readonly RecordedEvent[],
): readonly HistoryViolation[] {
  return checkHistory({ operations, contents: new Map([["a", stored]]) });
}
