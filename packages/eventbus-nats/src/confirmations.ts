/** What the server refused of what it got, by subject. */
export type Refusals = ReadonlyMap<string, unknown>;

class Batch {
  readonly refusals: Map<string, unknown> = new Map();
  readonly promise: Promise<Refusals>;
  confirm: () => void = () => {};
  fail: (error: unknown) => void = () => {};

  constructor() {
    this.promise = new Promise<Refusals>((resolve, reject) => {
      this.confirm = () => resolve(this.refusals);
      this.fail = reject;
    });
    // It may have nobody who waits any more.
    this.promise.catch(() => {});
  }
}

/** Clients tell of refusals through an async iterator, which is some turns of the microtask queue behind. */
const TURNS_BEHIND = 16;

/**
 * Finds out whether the server has got what was sent: it answers a ping behind all that. One ping is under way at a time;
 * whoever asks meanwhile shares the next one.
 */
export class Confirmations {
  readonly #flush: () => Promise<void>;
  #underway: Batch | undefined;
  #next: Batch | undefined;

  constructor(flush: () => Promise<void>) {
    this.#flush = flush;
  }

  /**
   * Resolves when the server has got everything that was sent before the call, and in the same turn of the event loop.
   * Rejects when the connection is lost before.
   */
  next(): Promise<Refusals> {
    if (this.#next === undefined) {
      this.#next = new Batch();
      // Later in this turn, so that what is sent in it goes in one piece with the ping.
      if (this.#underway === undefined) queueMicrotask(() => void this.#ask());
    }
    return this.#next.promise;
  }

  /** The server refused a message to this subject. */
  refused(subject: string, cause: unknown): void {
    this.#underway?.refusals.set(subject, cause);
    this.#next?.refusals.set(subject, cause);
  }

  /** The connection is lost: nobody knows what the server has got. */
  fail(error: unknown): void {
    const failed = [this.#underway, this.#next];
    this.#underway = undefined;
    this.#next = undefined;
    for (const batch of failed) batch?.fail(error);
  }

  async #ask(): Promise<void> {
    while (this.#next !== undefined && this.#underway === undefined) {
      const batch = this.#next;
      this.#next = undefined;
      this.#underway = batch;
      try {
        await this.#flush();
        for (let turn = 0; turn < TURNS_BEHIND; turn++) await undefined;
        batch.confirm();
      } catch (error) {
        batch.fail(error);
      }
      // Unless it failed before, with the connection, and another one is under way already.
      if (this.#underway === batch) this.#underway = undefined;
    }
  }
}
