/** How many numbers are remembered: one for each publisher and namespace. */
const REMEMBERED = 100_000;

/**
 * Counts what did not arrive: the messages of a bus to a namespace are numbered without a gap, and arrive in order. What
 * was published before the first one that arrives is not missed.
 */
export class SequenceGaps {
  /** The last number, by publisher and subject. */
  readonly #last = new Map<string, Map<string, number>>();
  #size = 0;

  /** Takes the number of a message that has arrived, and tells how many are missing before it. */
  missedBefore(busId: string, subject: string, sequence: number): number {
    const bySubject = this.#last.get(busId);
    const last = bySubject?.get(subject);
    if (bySubject === undefined || last === undefined) {
      this.#remember(busId, subject, sequence);
      return 0;
    }
    bySubject.set(subject, sequence);
    // A number that does not rise: the publisher has forgotten the namespace meanwhile, and begins anew.
    return sequence > last ? sequence - last - 1 : 0;
  }

  #remember(busId: string, subject: string, sequence: number): void {
    if (this.#size === REMEMBERED) this.#forgetOne();
    const bySubject = this.#last.get(busId) ?? new Map<string, number>();
    this.#last.set(busId, bySubject.set(subject, sequence));
    this.#size++;
  }

  /** Of the publisher that was first heard of, what was remembered first: buses come and go, and the old ones have gone. */
  #forgetOne(): void {
    const [publisher] = this.#last;
    if (publisher === undefined) return;
    const [busId, bySubject] = publisher;
    const [subject = ""] = bySubject.keys();
    bySubject.delete(subject);
    if (bySubject.size === 0) this.#last.delete(busId);
    this.#size--;
  }
}
