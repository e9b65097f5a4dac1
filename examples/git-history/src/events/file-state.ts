import type { FileEvent } from "./file-event.ts";

/** The state of a file, computed from its events. */
export interface FileState {
  /** Number of events. */
  readonly changes: number;
  /** Number of events with binary content. */
  readonly binaryChanges: number;
  /** Number of added lines minus number of deleted lines, in all events with text content. */
  readonly lines: number;
  /** Highest ordinal of the events, or 0 if there are none. */
  readonly lastOrdinal: number;
  /** True if the event with the highest ordinal has binary content. */
  readonly isBinary: boolean;
}

export const initialState: FileState = { changes: 0, binaryChanges: 0, lines: 0, lastOrdinal: 0, isBinary: false };

/**
 * Returns the state after one more event.
 *
 * Competing writers store the events of a file in any order, so the result must not depend on their order. Sums do not
 * depend on it. The last change is the event with the highest ordinal, which may differ from the event with the highest
 * version.
 */
function evolve(state: FileState, { data }: FileEvent): FileState {
  const isBinary = data.content === "binary";
  const isLast = data.ordinal > state.lastOrdinal;
  return {
    changes: state.changes + 1,
    binaryChanges: state.binaryChanges + (isBinary ? 1 : 0),
    lines: state.lines + (data.content === "text" ? data.added - data.deleted : 0),
    lastOrdinal: isLast ? data.ordinal : state.lastOrdinal,
    isBinary: isLast ? isBinary : state.isBinary,
  };
}

export function foldEvents(events: readonly FileEvent[]): FileState {
  return events.reduce(evolve, initialState);
}
