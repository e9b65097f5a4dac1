import type { Position } from "@aether/core";
import type { PartitionRecord, Trial } from "../state/partition-record.ts";

/** Number of crashes in a row after which events are tried. One crash usually has another reason than an event. */
const CRASHES = 2;

/**
 * The events that former owners may have been handling when they crashed. They are handled one at a time, and the
 * number of starts of each is stored before its handler is called. After the second crash in a row without progress,
 * they are the first `maxInFlight` events that are not stored as handled. If the former owner has crashed during such a
 * trial, only the event that it tried is suspect, because no other handler was running.
 */
export class Trials {
  readonly #former: Trial | null;
  /** Position of the last event that is tried. */
  readonly #end: Position | undefined;
  #left: number;

  /**
   * @param former - the record of the former owner. If it has released the partition, no event is suspect.
   * @param end - last position that was stored at the takeover
   */
  constructor(former: PartitionRecord | undefined, end: Position | undefined, maxInFlight: number) {
    this.#former = isCrash(former) ? (former?.trial ?? null) : null;
    this.#end = this.#former?.position ?? end;
    const suspects = crashesAfter(former) >= CRASHES ? maxInFlight : 0;
    this.#left = this.#former === null ? suspects : 1;
  }

  /** Returns true if the next event has to be tried. */
  includes(position: Position): boolean {
    return this.#left > 0 && this.#end !== undefined && position <= this.#end;
  }

  /** Notes that the events up to a position were passed on to their handlers, or were tried. */
  pass(position: Position, events = 1): void {
    this.#left = this.includes(position) ? Math.max(0, this.#left - events) : 0;
  }

  /** Number of times that the handler of an event was started by processes that have ended. */
  startsOf(position: Position): number {
    return this.#former?.position === position ? this.#former.starts : 0;
  }
}

/** Returns true if the former owner of a partition has not released it. */
export function isCrash(former: PartitionRecord | undefined): boolean {
  return former?.isReleased === false;
}

/** Returns the number of crashes in a row without progress, at a takeover from an owner. */
export function crashesAfter(former: PartitionRecord | undefined): number {
  return former === undefined || former.isReleased ? 0 : (former.crashes ?? 0) + 1;
}
