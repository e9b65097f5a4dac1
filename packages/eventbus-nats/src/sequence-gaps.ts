/** How many namespaces of a publisher, and how many publishers, are remembered. */
const REMEMBERED = 10_000;

/**
 * Counts what did not arrive: the messages of a publisher to a namespace are numbered without a gap. What was published
 * before the first one that arrives is not missed. A publisher that changes its server may overtake what the old one still
 * holds: that was counted as missed when it was overtaken, and comes too late.
 */
export class SequenceGaps {
  /** The highest number, by publisher and subject. */
  readonly #highest = new Map<string, Map<string, number>>();

  /**
   * Takes the number of a message that has arrived, and tells how many are missing before it; `undefined` if the message is
   * late: one that was published behind it has arrived.
   */
  missedBefore(publisher: string, subject: string, sequence: number): number | undefined {
    const bySubject =
      this.#highest.get(publisher) ?? this.#remember(this.#highest, publisher, new Map<string, number>());
    const highest = bySubject.get(subject);
    if (highest === undefined) {
      this.#remember(bySubject, subject, sequence);
      return 0;
    }
    if (sequence <= highest) return undefined;
    bySubject.set(subject, sequence);
    return sequence - highest - 1;
  }

  /** Beyond the bound, what was remembered first is forgotten. */
  #remember<Value>(map: Map<string, Value>, key: string, value: Value): Value {
    if (map.size === REMEMBERED) {
      const [first] = map.keys();
      if (first !== undefined) map.delete(first);
    }
    map.set(key, value);
    return value;
  }
}
