/** How many numbers are remembered: one for each publisher and namespace. */
const REMEMBERED = 100_000;

/**
 * Counts what did not arrive: the messages of a publisher to a namespace are numbered without a gap. What was published
 * before the first one that arrives is not missed. A publisher that changes its server may overtake what the old one still
 * holds: that was counted as missed when it was overtaken, and comes too late.
 */
export class SequenceGaps {
  /** The highest number, by publisher and subject. */
  readonly #highest = new Map<string, Map<string, number>>();
  #size = 0;

  /**
   * Takes the number of a message that has arrived, and tells how many are missing before it; `undefined` if the message is
   * late: one that was published behind it has arrived.
   */
  missedBefore(publisher: string, subject: string, sequence: number): number | undefined {
    const bySubject = this.#highest.get(publisher);
    const highest = bySubject?.get(subject);
    if (bySubject === undefined || highest === undefined) {
      this.#remember(publisher, subject, sequence);
      return 0;
    }
    if (sequence <= highest) return undefined;
    bySubject.set(subject, sequence);
    return sequence - highest - 1;
  }

  #remember(publisherId: string, subject: string, sequence: number): void {
    if (this.#size === REMEMBERED) this.#forgetOne();
    const bySubject = this.#highest.get(publisherId) ?? new Map<string, number>();
    this.#highest.set(publisherId, bySubject.set(subject, sequence));
    this.#size++;
  }

  /** Of the publisher that was first heard of, what was remembered first: buses come and go, and the old ones have gone. */
  #forgetOne(): void {
    const [publisher] = this.#highest;
    if (publisher === undefined) return;
    const [publisherId, bySubject] = publisher;
    const [subject = ""] = bySubject.keys();
    bySubject.delete(subject);
    if (bySubject.size === 0) this.#highest.delete(publisherId);
    this.#size--;
  }
}
