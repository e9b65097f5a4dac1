import type { Position } from "@aether/core";
import type { PartitionRecord, Trial } from "../state/partition-record.ts";

/** Number of crashes in a row after which events are tried. One crash usually has another reason than an event. */
const CRASHES = 2;

/**
 * The events that a former owner may have been handling when it crashed: the first `maxInFlight` events that are not
 * stored as handled. After the second crash in a row, they are handled one at a time, and the number of starts of each is
 * stored before its handler is called.
 */
export class Trials {
  readonly #former: Trial | null;
  readonly #areTried: boolean;
  /** Last position that was stored at the takeover. */
  readonly #end: Position | undefined;
  #left: number;
  #lastSuspect: Position | undefined;

  /**
   * @param former - the record of the former owner. If it has released the partition, no event is suspect.
   * @param end - last position that was stored at the takeover
   */
  constructor(former: PartitionRecord | undefined, end: Position | undefined, maxInFlight: number) {
    this.#former = former?.trial ?? null;
    this.#areTried = crashesAfter(former) >= CRASHES;
    this.#end = end;
    this.#left = end !== undefined && isCrash(former) ? maxInFlight : 0;
    this.#lastSuspect = this.#left > 0 ? end : undefined;
  }

  /** Returns true if the next event has to be tried. */
  includes(position: Position): boolean {
    return this.#areTried && this.#isSuspect(position);
  }

  /** Notes that the events up to a position were passed on to their handlers, or were tried. */
  pass(position: Position, events = 1): void {
    if (this.#left === 0) return;
    this.#left = this.#isSuspect(position) ? Math.max(0, this.#left - events) : 0;
    if (this.#left === 0) this.#lastSuspect = position;
  }

  /** Returns true if all events that could have caused the crash are handled. */
  arePast(checkpoint: Position | undefined): boolean {
    return this.#lastSuspect === undefined || (checkpoint !== undefined && checkpoint >= this.#lastSuspect);
  }

  /** Number of times that the handler of an event was started by processes that have ended. */
  startsOf(position: Position): number {
    return this.#former?.position === position ? this.#former.starts : 0;
  }

  #isSuspect(position: Position): boolean {
    return this.#left > 0 && this.#end !== undefined && position <= this.#end;
  }
}

/** Returns true if the former owner of a partition has not released it. */
export function isCrash(former: PartitionRecord | undefined): boolean {
  return former?.isReleased === false;
}

/** Returns the number of crashes in a row at a takeover from an owner. */
export function crashesAfter(former: PartitionRecord | undefined): number {
  return former === undefined || former.isReleased ? 0 : (former.crashes ?? 0) + 1;
}
