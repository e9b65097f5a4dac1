import { type Event, type Position, type SaveReceipt, VersionConflictError } from "@aether/core";

/** The events of one actor, ascending by version. */
export class ActorHistory<E extends Event> {
  readonly #events: E[] = [];
  /** All of them, as they are handed out; it is made when it is asked for, and serves until the next append. */
  #whole: readonly E[] | undefined;

  get latestVersion(): number {
    return this.#events.at(-1)?.version ?? 0;
  }

  get length(): number {
    return this.#events.length;
  }

  at(index: number): E | undefined {
    return this.#events[index];
  }

  /** Appends events of ascending versions, or none of them. @throws `AETHER_VERSION_CONFLICT` */
  append(events: readonly E[], nextPosition: () => Position): readonly SaveReceipt[] {
    const first = events[0];
    if (first !== undefined && first.version <= this.latestVersion) {
      throw new VersionConflictError({
        actorId: first.actorId,
        attemptedVersion: first.version,
        currentVersion: this.latestVersion,
        sameEvent: events.every((event) => this.#holds(event)),
      });
    }
    this.#whole = undefined;
    return events.map((event) => {
      this.#events.push(event);
      return { id: event.id, version: event.version, timestamp: event.timestamp, position: nextPosition() };
    });
  }

  from(version: number): readonly E[] {
    const first = this.indexFrom(version);
    if (first > 0) return Object.freeze(this.#events.slice(first));
    this.#whole ??= Object.freeze(this.#events.slice());
    return this.#whole;
  }

  /** Where the first event of at least this version stands; `length` if there is none. Versions may have gaps. */
  indexFrom(version: number): number {
    if (version <= 1) return 0;
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle]?.version ?? 0) < version) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #holds(event: E): boolean {
    const standing = this.#events[this.indexFrom(event.version)];
    return standing?.version === event.version && standing.id === event.id;
  }
}
