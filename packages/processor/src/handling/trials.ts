import type { Position } from "@aether/core";
import type { PartitionRecord, Trial } from "../state/partition-record.ts";

/**
 * The events that are handled one at a time, because the former owner may have crashed in the handler of one of them.
 * They are at most `maxInFlight` events after the checkpoint. The number of starts of each is stored before its handler
 * is called.
 */
export class Trials {
  readonly #former: Trial | null;
  /** Last position that was stored at the takeover. */
  readonly #end: Position | undefined;
  #left: number;

  /**
   * @param former - the record of the former owner. If it has released the partition, there are no trials.
   * @param end - last position that was stored at the takeover
   */
  constructor(former: PartitionRecord | undefined, end: Position | undefined, maxInFlight: number) {
    this.#former = former?.trial ?? null;
    this.#end = end;
    this.#left = isCrash(former) ? maxInFlight : 0;
  }

  /** Returns true if the next event has to be tried. */
  includes(position: Position): boolean {
    if (this.#left === 0) return false;
    if (this.#end === undefined || position > this.#end) this.#left = 0;
    else this.#left--;
    return this.#end !== undefined && position <= this.#end;
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
