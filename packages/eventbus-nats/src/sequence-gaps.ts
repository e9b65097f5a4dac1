/** How many publishers' namespaces are remembered. */
const REMEMBERED = 10_000;

/**
 * Counts what did not arrive: the messages of a bus to a namespace are numbered without a gap, and arrive in order. What
 * was published before the first one that arrives is not missed.
 */
export class SequenceGaps {
  readonly #last = new Map<string, number>();

  /** Takes the number of a message that has arrived, and tells how many are missing before it. */
  missedBefore(busId: string, subject: string, sequence: number): number {
    const key = `${busId} ${subject}`;
    const last = this.#last.get(key);
    this.#last.set(key, sequence);
    if (last === undefined) {
      if (this.#last.size > REMEMBERED) this.#forgetFirst();
      return 0;
    }
    // A number that does not rise: the publisher has forgotten the namespace meanwhile, and begins anew.
    return sequence > last ? sequence - last - 1 : 0;
  }

  #forgetFirst(): void {
    const [first] = this.#last.keys();
    if (first !== undefined) this.#last.delete(first);
  }
}
