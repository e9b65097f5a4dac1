import type { Position } from "@aether/core";
import type { Owned } from "./owned-document.ts";

/** Lease and checkpoint of a partition. They are one document, so they change together. */
export interface PartitionRecord extends Owned {
  /** Time without a change after which another process may take over, in milliseconds. */
  readonly leaseMs: number;
  /** Position up to which every event is handled or parked; `null` at the beginning. */
  readonly checkpoint: Position | null;
  /** The events after the checkpoint that are handled or parked. Missing means none. */
  readonly ahead?: HandledAhead | null;
  /** True if no process owns the partition any more. */
  readonly isReleased: boolean;
  /** The event whose handler ran when the record was written, if events are handled one at a time after a crash. */
  readonly trial: Trial | null;
  /** Number of owners in a row that have crashed before the owner's takeover, without progress. Missing means none. */
  readonly crashes?: number;
  /** The reason why the last owner has stopped, if it has failed. */
  readonly failure: FailureRecord | null;
}

/**
 * Events after a checkpoint that are handled or parked, although an earlier event is not: for example, because its
 * handler fails and is retried.
 */
export interface HandledAhead {
  /** All events after the checkpoint up to this position are handled or parked, except the open ones. */
  readonly upTo: Position;
  /** Positions of events that are neither handled nor parked, ascending. */
  readonly open: readonly Position[];
}

/** An event that is handled after a crash. */
export interface Trial {
  readonly position: Position;
  /** Number of times that its handler was started. */
  readonly starts: number;
}

/** JSON form of the error that has stopped a processor. */
export interface FailureRecord {
  readonly message: string;
  /** Position of the event that could not be handled; `null` if another reason stopped the processor. */
  readonly position: Position | null;
}

/** Returns true if a value has the fields of a `PartitionRecord`. */
export function isPartitionRecord(value: object): boolean {
  const { token, write, leaseMs, checkpoint, isReleased, ahead = null } = value as Partial<PartitionRecord>;
  return (
    typeof token === "string" &&
    typeof write === "number" &&
    typeof leaseMs === "number" &&
    typeof isReleased === "boolean" &&
    (checkpoint === null || typeof checkpoint === "string") &&
    (ahead === null || (typeof ahead.upTo === "string" && Array.isArray(ahead.open)))
  );
}
