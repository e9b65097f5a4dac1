/** Maximum number of remembered message numbers. There is one for each combination of publisher and namespace. */
const MAX_SEQUENCES = 100_000;

/**
 * Finds messages that did not arrive. The messages from a publisher to a namespace are numbered without gaps, so a gap
 * between two arrivals shows how many are missing. Messages before the first arrival do not count as missed.
 *
 * When a publisher reconnects to another server, its new messages may overtake messages that the old server still
 * holds. The overtaken messages count as missed, and are late when they arrive.
 */
export class SequenceGaps {
  /** Highest number that has arrived, by publisher and subject. */
  readonly #highest = new Map<string, Map<string, number>>();
  #size = 0;

  /**
   * Records the number of a message that has arrived. Returns how many messages are missing before it. Returns
   * `undefined` if the message is late, which means that a later message has already arrived.
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

  #remember(publisher: string, subject: string, sequence: number): void {
    if (this.#size === MAX_SEQUENCES) this.#forgetOne();
    const bySubject = this.#highest.get(publisher) ?? new Map<string, number>();
    this.#highest.set(publisher, bySubject.set(subject, sequence));
    this.#size++;
  }

  /** Forgets one number of the oldest publisher, which is the most likely to be closed by now. */
  #forgetOne(): void {
    const [oldest] = this.#highest;
    if (oldest === undefined) return;
    const [publisher, bySubject] = oldest;
    const [subject = ""] = bySubject.keys();
    bySubject.delete(subject);
    if (bySubject.size === 0) this.#highest.delete(publisher);
    this.#size--;
  }
}
