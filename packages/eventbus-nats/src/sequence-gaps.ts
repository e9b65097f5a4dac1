/** How many namespaces of a publisher, and how many publishers, are remembered. */
const REMEMBERED = 10_000;

/**
 * Counts what did not arrive: the messages of a bus to a namespace are numbered without a gap, and arrive in order. What
 * was published before the first one that arrives is not missed.
 */
export class SequenceGaps {
  /** The last number, by publisher and subject. */
  readonly #last = new Map<string, Map<string, number>>();

  /** Takes the number of a message that has arrived, and tells how many are missing before it. */
  missedBefore(busId: string, subject: string, sequence: number): number {
    const bySubject = this.#last.get(busId) ?? this.#remember(this.#last, busId, new Map<string, number>());
    const last = bySubject.get(subject);
    if (last === undefined) {
      this.#remember(bySubject, subject, sequence);
      return 0;
    }
    bySubject.set(subject, sequence);
    // A number that does not rise: the publisher has forgotten the namespace meanwhile, and begins anew.
    return sequence > last ? sequence - last - 1 : 0;
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
