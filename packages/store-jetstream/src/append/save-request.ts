import { type Event, OutcomeUnknownError, onAbort, type Position, type SaveReceipt } from "@aether/core";
import type { Actor } from "../actor.ts";
import { encodeEvents } from "../protocol/commit.ts";

/**
 * One save by a caller. It waits, is sent one or several times, and is settled once. The caller can withdraw it until
 * it is sent.
 */
export class SaveRequest {
  readonly actor: Actor;
  readonly events: readonly Event[];
  readonly json: Uint8Array;
  /** The caller's result. */
  readonly done: Promise<readonly SaveReceipt[]>;
  readonly #createdMs = performance.now();
  /** Number of times that the server rejected the save because another writer had saved to the actor first. */
  refusals = 0;
  #sent = false;
  #settled = false;
  #resolve!: (receipts: readonly SaveReceipt[]) => void;
  #reject!: (error: unknown) => void;
  #stopListening: (() => void) | undefined;

  constructor(actor: Actor, events: readonly Event[], signal: AbortSignal | undefined) {
    this.actor = actor;
    this.events = events;
    this.json = encodeEvents(events);
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (signal !== undefined) this.#stopListening = onAbort(signal, () => this.withdraw(signal.reason));
  }

  /** Time since the call, in milliseconds. */
  get ageMs(): number {
    return performance.now() - this.#createdMs;
  }

  get isArray(): boolean {
    return this.events.length > 1;
  }

  get firstVersion(): number {
    return this.events[0]?.version ?? 0;
  }

  get lastVersion(): number {
    return this.events.at(-1)?.version ?? 0;
  }

  /** True once the caller has its result. A message that was sent may still be in flight. */
  get isSettled(): boolean {
    return this.#settled;
  }

  markSent(): void {
    this.#sent = true;
  }

  /** Records that the events are not stored. The caller can withdraw them until they are sent again. */
  markNotStored(): void {
    this.#sent = false;
  }

  /** Resolves the save. `positionAt` returns the position of an event by its index in this save. */
  stored(positionAt: (index: number) => Position): void {
    if (!this.#settle()) return;
    const receipts = this.events.map(({ id, version, timestamp }, index) => {
      return { id, version, timestamp, position: positionAt(index) };
    });
    this.#resolve(receipts);
  }

  fail(error: unknown): void {
    if (this.#settle()) this.#reject(error);
  }

  /** Rejects the save with `AETHER_OUTCOME_UNKNOWN`: the events may be stored. */
  failUnknown(cause: unknown): void {
    const eventIds = this.events.map(({ id }) => id);
    this.fail(new OutcomeUnknownError({ actorId: this.actor.id, eventIds, cause }));
  }

  /** Ends the save early. If it was sent, its outcome is unknown, otherwise nothing is stored. */
  withdraw(reason: unknown): void {
    if (this.#sent) this.failUnknown(reason);
    else this.fail(reason);
  }

  /** Marks the save as settled. Returns false if it was already settled. */
  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#stopListening?.();
    return true;
  }
}
