/** Messages that the server denied, as causes by subject. */
export type Denials = ReadonlyMap<string, unknown>;

/** Callbacks of a client of {@link Confirmations}. Exactly one of them is called, once. */
export interface Waiter {
  /** The server has received everything that was sent before. `denials` are the messages that it did not allow. */
  confirmed(denials: Denials): void;
  /** The connection was lost before. */
  failed(error: unknown): void;
}

interface Batch {
  readonly waiters: Waiter[];
  readonly denials: Map<string, unknown>;
}

/** Clients report denials through an async iterator, which is a few turns of the microtask queue late. */
const DENIAL_DELAY_TURNS = 16;

/**
 * Waits until the server has received everything that was sent: it answers a ping only after all earlier messages.
 * There is one ping in flight at a time. Waiters that come meanwhile share the next one.
 */
export class Confirmations {
  readonly #ping: () => Promise<void>;
  #inFlight: Batch | undefined;
  #next: Batch | undefined;

  constructor(ping: () => Promise<void>) {
    this.#ping = ping;
  }

  /**
   * Notifies the waiter when the server has received everything sent before this call, and in the same turn of the
   * event loop.
   */
  wait(waiter: Waiter): void {
    if (this.#next === undefined) {
      this.#next = { waiters: [], denials: new Map() };
      // At the end of this turn, so that messages of the whole turn travel together with the ping.
      if (this.#inFlight === undefined) queueMicrotask(() => void this.#run());
    }
    this.#next.waiters.push(waiter);
  }

  /** Records that the server denied a message to this subject. */
  deny(subject: string, cause: unknown): void {
    this.#inFlight?.denials.set(subject, cause);
    this.#next?.denials.set(subject, cause);
  }

  /** Fails all waiters: the connection is lost, and the server may or may not have their messages. */
  fail(error: unknown): void {
    const failed = [...(this.#inFlight?.waiters ?? []), ...(this.#next?.waiters ?? [])];
    this.#inFlight = undefined;
    this.#next = undefined;
    for (const waiter of failed) waiter.failed(error);
  }

  async #run(): Promise<void> {
    while (this.#next !== undefined && this.#inFlight === undefined) {
      const batch = this.#next;
      this.#next = undefined;
      this.#inFlight = batch;
      try {
        await this.#ping();
        for (let turn = 0; turn < DENIAL_DELAY_TURNS; turn++) await undefined;
        this.#settle(batch, (waiter) => waiter.confirmed(batch.denials));
      } catch (error) {
        this.#settle(batch, (waiter) => waiter.failed(error));
      }
    }
  }

  /** Notifies the waiters of a batch, unless they have failed because the connection was lost meanwhile. */
  #settle(batch: Batch, notify: (waiter: Waiter) => void): void {
    if (this.#inFlight !== batch) return;
    this.#inFlight = undefined;
    for (const waiter of batch.waiters) notify(waiter);
  }
}
