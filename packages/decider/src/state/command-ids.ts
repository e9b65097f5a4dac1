import { type Event, MetadataKeys } from "@aether/core";

/** Versions of the events of one command. */
export interface CommandRange {
  readonly first: number;
  readonly last: number;
}

/** JSON form of {@link CommandIds}, for snapshots. */
export interface CommandIdsJson {
  readonly completeFrom: number;
  readonly ids: readonly (readonly [id: string, first: number, last: number])[];
}

/** The ids of an actor's last commands, with the versions of their events. */
export class CommandIds {
  readonly #capacity: number;
  #ranges = new Map<string, CommandRange>();
  #lastId: string | undefined;
  #completeFrom = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The lowest version from which on the ids of all events are known. */
  get completeFrom(): number {
    return this.#completeFrom;
  }

  get(commandId: string): CommandRange | undefined {
    return this.#ranges.get(commandId);
  }

  /** Adds the next event of the actor. Forgets the oldest id if there are too many. */
  add({ metadata, version }: Event): void {
    const id = metadata?.[MetadataKeys.commandId];
    const isSameCommit = id === this.#lastId;
    this.#lastId = id;
    if (id === undefined) return;
    const range = this.#ranges.get(id);
    // If events of one id are not adjacent, the first of them are the outcome of the command.
    if (range !== undefined && !isSameCommit) return;
    this.#ranges.set(id, { first: range?.first ?? version, last: version });
    if (this.#ranges.size > this.#capacity) this.#forgetOldest();
  }

  /** True if a snapshot has as many ids as are to be remembered, or all ids of the actor. */
  accepts({ completeFrom, ids }: CommandIdsJson): boolean {
    return completeFrom === 0 || ids.length >= this.#capacity;
  }

  /** Replaces everything by the contents of a snapshot. */
  restore({ completeFrom, ids }: CommandIdsJson): void {
    this.#ranges = new Map(ids.map(([id, first, last]) => [id, { first, last }]));
    this.#completeFrom = completeFrom;
    this.#lastId = undefined;
    while (this.#ranges.size > this.#capacity) this.#forgetOldest();
  }

  toJSON(): CommandIdsJson {
    const ids = [...this.#ranges].map(([id, { first, last }]) => [id, first, last] as const);
    return { completeFrom: this.#completeFrom, ids };
  }

  #forgetOldest(): void {
    const [oldest] = this.#ranges;
    if (oldest === undefined) return;
    const [id, { last }] = oldest;
    this.#ranges.delete(id);
    this.#completeFrom = Math.max(this.#completeFrom, last + 1);
  }
}
