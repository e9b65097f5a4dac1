import { type Event, OutcomeUnknownError, type SaveReceipt } from "@aether/core";
import { encodeEvents, positionOf } from "../commit.ts";

/**
 * One caller's save on its way: it waits, is sent (perhaps several times), and is settled once. Between waiting and being
 * sent the caller may still withdraw it.
 */
export class SaveRequest {
  readonly events: readonly Event[];
  readonly json: Uint8Array;
  /** Settles when the caller's answer is known. */
  readonly done: Promise<readonly SaveReceipt[]>;
  /** How often it was refused because the actor's head was not the one that was thought. */
  refusals = 0;
  #sent = false;
  #settled = false;
  #resolve!: (receipts: readonly SaveReceipt[]) => void;
  #reject!: (error: unknown) => void;
  #stopListening: (() => void) | undefined;

  constructor(events: readonly Event[], signal: AbortSignal | undefined) {
    this.events = events;
    this.json = encodeEvents(events);
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (signal !== undefined) this.#listenTo(signal);
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

  /** The caller has its answer: there is nothing left to do for it, whatever happens to what was sent. */
  get isSettled(): boolean {
    return this.#settled;
  }

  markSent(): void {
    this.#sent = true;
  }

  /** It is known not to be stored: until it is sent again, an abort ends it without doubt. */
  markNotStored(): void {
    this.#sent = false;
  }

  /** The request's events stand in the message of this sequence, from this place in it on. */
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

  /** Nobody knows whether the events are stored. */
  failUnknown(cause: unknown): void {
    const [first] = this.events;
    const eventIds = this.events.map(({ id }) => id);
    this.fail(new OutcomeUnknownError({ actorId: first?.actorId ?? "", eventIds, cause }));
  }

  #listenTo(signal: AbortSignal): void {
    const onAbort = (): void => {
      if (this.#sent) this.failUnknown(signal.reason);
      else this.fail(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    this.#stopListening = () => signal.removeEventListener("abort", onAbort);
  }

  /** False if it was settled before. */
  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#stopListening?.();
    return true;
  }
}
