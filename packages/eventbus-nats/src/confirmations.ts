/** What the server refused of what it got, by subject. */
export type Refusals = ReadonlyMap<string, unknown>;

/** Waits for the server to confirm what was sent. */
export interface Waiter {
  confirmed(refusals: Refusals): void;
  failed(error: unknown): void;
}

interface Batch {
  readonly waiters: Waiter[];
  readonly refusals: Map<string, unknown>;
}

/** Clients tell of refusals through an async iterator, which is some turns of the microtask queue behind. */
const TURNS_BEHIND = 16;

/**
 * Finds out whether the server has got what was sent: it answers a ping behind all that. One ping is under way at a time;
 * whoever waits meanwhile shares the next one.
 */
export class Confirmations {
  readonly #flush: () => Promise<void>;
  #underway: Batch | undefined;
  #next: Batch | undefined;

  constructor(flush: () => Promise<void>) {
    this.#flush = flush;
  }

  /**
   * The waiter hears when the server has got everything that was sent before the call, and in the same turn of the event
   * loop; or that the connection was lost before.
   */
  wait(waiter: Waiter): void {
    if (this.#next === undefined) {
      this.#next = { waiters: [], refusals: new Map() };
      // Later in this turn, so that what is sent in it goes in one piece with the ping.
      if (this.#underway === undefined) queueMicrotask(() => void this.#ask());
    }
    this.#next.waiters.push(waiter);
  }

  /** The server refused a message to this subject. */
  refused(subject: string, cause: unknown): void {
    this.#underway?.refusals.set(subject, cause);
    this.#next?.refusals.set(subject, cause);
  }

  /** The connection is lost: nobody knows what the server has got. */
  fail(error: unknown): void {
    const failed = [...(this.#underway?.waiters ?? []), ...(this.#next?.waiters ?? [])];
    this.#underway = undefined;
    this.#next = undefined;
    for (const waiter of failed) waiter.failed(error);
  }

  async #ask(): Promise<void> {
    while (this.#next !== undefined && this.#underway === undefined) {
      const batch = this.#next;
      this.#next = undefined;
      this.#underway = batch;
      try {
        await this.#flush();
        for (let turn = 0; turn < TURNS_BEHIND; turn++) await undefined;
        this.#settle(batch, (waiter) => waiter.confirmed(batch.refusals));
      } catch (error) {
        this.#settle(batch, (waiter) => waiter.failed(error));
      }
    }
  }

  /** Unless the connection was lost meanwhile, which its waiters were told. */
  #settle(batch: Batch, tell: (waiter: Waiter) => void): void {
    if (this.#underway !== batch) return;
    this.#underway = undefined;
    for (const waiter of batch.waiters) tell(waiter);
  }
}
