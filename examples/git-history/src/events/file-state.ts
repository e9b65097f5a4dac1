import type { FileEvent } from "./file-event.ts";

/** What the events of a path add up to. */
export interface FileState {
  /** How many events there are. */
  readonly changes: number;
  /** How many of them are of binary content. */
  readonly binaryChanges: number;
  /** Added minus deleted lines, over the others. */
  readonly lines: number;
  /** The ordinal of the log's last change of this path, 0 if there is none. */
  readonly lastOrdinal: number;
  /** Whether that last change is of binary content. */
  readonly binary: boolean;
}

export const noFile: FileState = { changes: 0, binaryChanges: 0, lines: 0, lastOrdinal: 0, binary: false };

/**
 * The state after one more event. The order of the events does not matter: sums commute, and which change was the last
 * one is told by its ordinal, not by its version. Several writers store them in any order.
 */
function applyEvent(state: FileState, { data }: FileEvent): FileState {
  const binary = data.content === "binary";
  const isLast = data.ordinal > state.lastOrdinal;
  return {
    changes: state.changes + 1,
    binaryChanges: state.binaryChanges + (binary ? 1 : 0),
    lines: state.lines + (data.content === "text" ? data.added - data.deleted : 0),
    lastOrdinal: isLast ? data.ordinal : state.lastOrdinal,
    binary: isLast ? binary : state.binary,
  };
}

export function foldEvents(events: readonly FileEvent[]): FileState {
  return events.reduce(applyEvent, noFile);
}
