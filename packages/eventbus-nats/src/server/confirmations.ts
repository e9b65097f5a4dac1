/** The server's reasons for denying messages, by subject. */
export type Denials = ReadonlyMap<string, unknown>;

/** Callbacks for {@link Confirmations}, which calls only one of them, and only once. */
export interface Waiter {
  /** Called when the server has received every message sent before `wait`. `denials` are the subjects it denied. */
  confirmed(denials: Denials): void;
  /** Called if the connection is lost before the server has received those messages. */
  failed(error: unknown): void;
}

interface Batch {
  readonly waiters: Waiter[];
  readonly denials: Map<string, unknown>;
}

/**
 * Number of turns of the microtask queue to wait after the answer to a ping. Clients report denials with this delay,
 * because they report them through an async iterator.
 */
const DENIAL_DELAY_TURNS = 16;

/**
 * Waits until the server has received messages. It sends a ping, which the server answers only after it has received
 * all earlier messages. At most one ping is in flight. Waiters that are added meanwhile share the next ping.
 */
export class Confirmations {
  readonly #ping: () => Promise<void>;
  #inFlight: Batch | undefined;
  #next: Batch | undefined;

  constructor(ping: () => Promise<void>) {
    this.#ping = ping;
  }

  /** Notifies the waiter when the server has received every message that was sent before this call. */
  wait(waiter: Waiter): void {
    if (this.#next === undefined) {
      this.#next = { waiters: [], denials: new Map() };
      // The ping is sent at the end of this turn, in one write with all messages of the turn.
      if (this.#inFlight === undefined) queueMicrotask(() => void this.#run());
    }
    this.#next.waiters.push(waiter);
  }

  /** Records that the server denied a message to this subject. */
  deny(subject: string, cause: unknown): void {
    this.#inFlight?.denials.set(subject, cause);
    this.#next?.denials.set(subject, cause);
  }

  /** Fails all waiters. The server may or may not have received their messages. */
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

  /** Notifies the waiters of a batch, unless they have already failed because the connection was lost. */
  #settle(batch: Batch, notify: (waiter: Waiter) => void): void {
    if (this.#inFlight !== batch) return;
    this.#inFlight = undefined;
    for (const waiter of batch.waiters) notify(waiter);
  }
}
