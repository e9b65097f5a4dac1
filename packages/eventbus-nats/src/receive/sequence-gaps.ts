/** Maximum number of sequences that are remembered: one for each publisher and namespace. */
const MAX_SEQUENCES = 100_000;

/**
 * Finds messages that did not arrive: the messages of a publisher to a namespace are numbered without gaps. Messages
 * published before the first one that arrives are not missed. When a publisher reconnects to another server, its new
 * messages may overtake those that the old server still holds. These were counted as missed when they were overtaken,
 * and are late.
 */
export class SequenceGaps {
  /** Highest number so far, by publisher and subject. */
  readonly #highest = new Map<string, Map<string, number>>();
  #size = 0;

  /**
   * Records the number of a message that has arrived. Returns how many messages are missing before it, or `undefined`
   * if it is late: a later message of its publisher has already arrived.
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

  /** Forgets the oldest sequence of the oldest publisher, because buses are replaced over time. */
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
