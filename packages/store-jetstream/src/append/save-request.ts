import { type Event, OutcomeUnknownError, type SaveReceipt } from "@aether/core";
import type { Actor } from "../actor.ts";
import { encodeEvents, positionOf } from "../protocol/commit.ts";

/**
 * One save of a caller: it waits, is sent (perhaps several times), and is settled once. Before it is sent, the caller
 * can withdraw it.
 */
export class SaveRequest {
  readonly actor: Actor;
  readonly events: readonly Event[];
  readonly json: Uint8Array;
  /** The caller's result. */
  readonly done: Promise<readonly SaveReceipt[]>;
  readonly #createdMs = performance.now();
  /** Number of refusals because the actor's head was outdated. */
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
    if (signal !== undefined) this.#listenTo(signal);
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

  /** True once the caller has its result, whatever happens to the message that was sent. */
  get isSettled(): boolean {
    return this.#settled;
  }

  markSent(): void {
    this.#sent = true;
  }

  /** The events are known not to be stored: until they are sent again, the caller can withdraw them. */
  markNotStored(): void {
    this.#sent = false;
  }

  /** The events are stored in the message with this sequence, from this index on. */
  stored(sequence: number, firstIndex: number): void {
    if (!this.#settle()) return;
    const receipts = this.events.map(({ id, version, timestamp }, index) => {
      return { id, version, timestamp, position: positionOf(sequence, firstIndex + index) };
    });
    this.#resolve(receipts);
  }

  fail(error: unknown): void {
    if (this.#settle()) this.#reject(error);
  }

  /** It is unknown whether the events are stored. */
  failUnknown(cause: unknown): void {
    const eventIds = this.events.map(({ id }) => id);
    this.fail(new OutcomeUnknownError({ actorId: this.actor.id, eventIds, cause }));
  }

  /** Ends the save early: nothing is stored if it was not sent, otherwise the outcome is unknown. */
  withdraw(reason: unknown): void {
    if (this.#sent) this.failUnknown(reason);
    else this.fail(reason);
  }

  #listenTo(signal: AbortSignal): void {
    const onAbort = (): void => this.withdraw(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    this.#stopListening = () => signal.removeEventListener("abort", onAbort);
  }

  /** Returns false if the save was settled before. */
  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#stopListening?.();
    return true;
  }
}
