import { checkActorId } from "@aether/codec";
import { type CallOptions, type Event, type NewEvent, type SaveReceipt, StoreClosedError } from "@aether/core";
import { ReferenceStore, Shelf } from "../reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const outlive = "durability: events outlive the store that saved them";
const staleConflict = "freshness between open stores: what one store saved is a conflict for another";
const staleRead = "freshness between open stores: what one store saved, another reads";

/** Keeps what it read of each actor, and what it saved itself, for as long as it is open. */
class Caching extends ReferenceStore {
  readonly #kept = new Map<string, Event[]>();

  protected cached(actorId: string): readonly Event[] {
    return this.#kept.get(actorId) ?? this.read(actorId).events;
  }

  protected override read(actorId: string) {
    const found = super.read(actorId);
    if (!this.#kept.has(actorId)) this.#kept.set(actorId, [...found.events]);
    return found;
  }

  protected override append(events: readonly Event[]): readonly SaveReceipt[] {
    this.#kept.get(events[0]?.actorId ?? "")?.push(...events);
    return super.append(events);
  }
}

export const durabilityMutants: readonly Mutant[] = [
  mutant(
    "claims to be durable and keeps everything in memory",
    [outlive, "durability: a reopened store refuses what is taken"],
    class extends ReferenceStore {
      constructor(_: Shelf) {
        super(new Shelf());
      }
    },
  ),
  mutant(
    "loses the last event when it is closed",
    [outlive],
    class extends ReferenceStore {
      #unwritten: readonly Event[] = [];
      protected override append(events: readonly Event[]): readonly SaveReceipt[] {
        if (this.#unwritten.length > 0) super.append(this.#unwritten);
        this.#unwritten = events;
        return events.map((event) => this.receipt(event, this.position(0, event.version)));
      }
      protected override read(actorId: string) {
        const { events, errors } = super.read(actorId);
        return { events: [...events, ...this.#unwritten.filter((event) => event.actorId === actorId)], errors };
      }
    },
  ),
  mutant(
    "knows the ids only of what it saved itself",
    [
      "durability: a reopened store refuses what is taken",
      "freshness between open stores: sameEvent knows what another store saved",
    ],
    class extends ReferenceStore {
      readonly #own = new Set<string>();
      protected override append(events: readonly Event[]): readonly SaveReceipt[] {
        for (const { id } of events) this.#own.add(id);
        return super.append(events);
      }
      protected override holds(event: Event): boolean {
        return this.#own.has(event.id) && super.holds(event);
      }
    },
  ),
  mutant(
    "counts positions from the opening",
    [
      "durability: positions go on where they were",
      "freshness between open stores: positions ascend across open stores",
    ],
    class extends ReferenceStore {
      #count = 0;
      protected override position(): string {
        return super.position(++this.#count, 0);
      }
    },
  ),
  mutant(
    "writes a batch event by event",
    ["durability: of a batch that was interrupted there is all or nothing"],
    ReferenceStore,
    {
      damage: {
        interruptedSave: (shelf, events) => {
          for (const event of events.slice(0, -1)) shelf.put(event.actorId, JSON.stringify([event]));
        },
      },
    },
  ),
  mutant(
    "reads what is left of a record that was torn",
    ["durability: a save that was interrupted harms no other"],
    class extends ReferenceStore {
      protected override decode(json: string): readonly Event[] {
        const torn = !json.endsWith("]");
        return torn
          ? [{ ...super.decode(`${json.slice(0, json.indexOf(',"timestamp"'))}}]`)[0] } as Event]
          : super.decode(json);
      }
      protected override decodeOne(one: unknown): Event {
        return super.decodeOne({ timestamp: this.now(), ...(one as object) });
      }
    },
  ),
];

export const freshnessMutants: readonly Mutant[] = [
  mutant(
    "reads what it has in memory",
    [staleRead, "freshness between open stores: what one store saved in a batch, another reads"],
    class extends Caching {
      override async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly Event[]> {
        await super.getEvents(actorId, fromVersion, options);
        return this.from(this.cached(actorId), fromVersion);
      }
    },
  ),
  mutant(
    "has a latest version in memory",
    [staleRead],
    class extends Caching {
      override async getLatestVersion(actorId: string): Promise<number> {
        checkActorId(actorId);
        return this.cached(actorId).at(-1)?.version ?? 0;
      }
    },
  ),
  mutant(
    "checks conflicts against the version in memory",
    [staleConflict, "freshness between open stores: a version may be skipped that another store did not know of"],
    class extends Caching {
      protected override latestVersion(actorId: string): number {
        return this.cached(actorId).at(-1)?.version ?? 0;
      }
    },
  ),
  mutant(
    "tells the version in memory when it refuses",
    [staleConflict],
    class extends Caching {
      protected override conflict(events: readonly Event[]): Error {
        return super.conflict(events, this.cached(events[0]?.actorId ?? "").at(-1)?.version ?? 0);
      }
    },
  ),
  mutant(
    "streams what it has in memory",
    ["freshness between open stores: what one store saved, another streams"],
    class extends Caching {
      protected override async *stream(actorId: string): AsyncGenerator<Event, void, undefined> {
        yield* this.cached(actorId);
      }
    },
  ),
  mutant(
    "closes what all stores share",
    ["freshness between open stores: closing one store leaves the others open"],
    class extends ReferenceStore {
      override async close(): Promise<void> {
        await super.close();
        Object.assign(this.shelf, { closed: true });
      }
      protected override admit(options: CallOptions | undefined): void {
        super.admit(options);
        if (Reflect.get(this.shelf, "closed") === true) throw new Error("connection closed");
      }
    },
  ),
];

export const closingMutants: readonly Mutant[] = [
  mutant(
    "serves on when it is closed",
    ["closing: a closed store refuses every call", "closing: disposing closes", "closing: closing again is allowed"],
    class extends ReferenceStore {
      override async close(): Promise<void> {}
    },
  ),
  mutant(
    "serves reads on when it is closed",
    ["closing: a closed store refuses every call"],
    class extends ReferenceStore {
      override async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
        options?.signal?.throwIfAborted();
        checkActorId(actorId);
        return this.latestVersion(actorId);
      }
    },
  ),
  mutant(
    "is closed only when closing is done",
    ["closing: a store refuses from the call of close on"],
    class extends ReferenceStore {
      override async close(): Promise<void> {
        await undefined;
        await super.close();
      }
    },
  ),
  mutant(
    "answers an empty batch before it looks whether it is closed",
    ["closing: an empty batch is refused as well"],
    class extends ReferenceStore {
      override async saveEvents(events: readonly NewEvent[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
        return Array.isArray(events) && events.length === 0 ? [] : super.saveEvents(events, options);
      }
    },
  ),
  mutant(
    "cannot be closed twice",
    ["closing: closing again is allowed"],
    class extends ReferenceStore {
      override async close(): Promise<void> {
        if (this.closed) throw new StoreClosedError();
        await super.close();
      }
    },
  ),
  mutant(
    "does not close when it is disposed",
    ["closing: disposing closes"],
    class extends ReferenceStore {
      override async [Symbol.asyncDispose](): Promise<void> {}
    },
  ),
  mutant(
    "refuses what is under way when it is closed",
    ["closing: what is under way is finished"],
    class extends ReferenceStore {
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        await undefined;
        this.admit({});
        return super.commit(events);
      }
    },
  ),
];

const alreadyAborted =
  "aborting: a call whose signal is aborted already rejects with its reason, and nothing is written";
const onItsWay = "aborting: a save that is aborted on its way says the truth, and saving again settles it";

export const abortingMutants: readonly Mutant[] = [
  mutant(
    "ignores signals",
    [alreadyAborted],
    class extends ReferenceStore {
      protected override admit(): void {
        super.admit({});
      }
    },
  ),
  mutant(
    "rejects with an error of its own when it is aborted",
    [alreadyAborted],
    class extends ReferenceStore {
      protected override admit(options: CallOptions | undefined): void {
        if (options?.signal?.aborted) throw new DOMException("The operation was aborted", "AbortError");
        super.admit(options);
      }
    },
  ),
  mutant(
    "looks at the signal when it has stored",
    [alreadyAborted, onItsWay, "aborting: and so does a batch"],
    class extends ReferenceStore {
      protected override admit(): void {
        super.admit({});
      }
      override async saveEvent(event: NewEvent, options?: CallOptions): Promise<SaveReceipt> {
        const receipt = await super.saveEvent(event);
        options?.signal?.throwIfAborted();
        return receipt;
      }
      override async saveEvents(events: readonly NewEvent[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
        const receipts = await super.saveEvents(events);
        options?.signal?.throwIfAborted();
        return receipts;
      }
    },
  ),
  mutant(
    "takes any signal for an aborted one",
    ["aborting: a signal that is not aborted, or later, changes nothing"],
    class extends ReferenceStore {
      protected override admit(options: CallOptions | undefined): void {
        if (options?.signal !== undefined) throw options.signal.reason;
        super.admit(options);
      }
    },
  ),
  mutant(
    "ends an aborted read with nothing",
    ["aborting: a read that is aborted on its way ends with its reason or its answer"],
    class extends ReferenceStore {
      override async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly Event[]> {
        const events = await super.getEvents(actorId, fromVersion, options);
        return options?.signal?.aborted ? [] : events;
      }
    },
  ),
];

export const precedenceMutants: readonly Mutant[] = [
  mutant(
    "looks whether it is closed before it looks at the input",
    ["precedence of errors: invalid input is refused before a closed store"],
    class extends ReferenceStore {
      override async saveEvent(event: NewEvent, options?: CallOptions): Promise<SaveReceipt> {
        if (this.closed) throw new StoreClosedError();
        return super.saveEvent(event, options);
      }
    },
  ),
  mutant(
    "looks at the signal before it looks at the input",
    ["precedence of errors: invalid input is refused before an aborted signal"],
    class extends ReferenceStore {
      override async saveEvent(event: NewEvent, options?: CallOptions): Promise<SaveReceipt> {
        options?.signal?.throwIfAborted();
        return super.saveEvent(event, options);
      }
    },
  ),
  mutant(
    "looks at the signal before it looks whether it is closed",
    ["precedence of errors: a closed store refuses before an aborted signal"],
    class extends ReferenceStore {
      protected override admit(options: CallOptions | undefined): void {
        options?.signal?.throwIfAborted();
        super.admit(options);
      }
    },
  ),
  mutant(
    "looks for a conflict first",
    [
      "precedence of errors: all of these come before a conflict",
      "precedence of errors: of a batch, invalid input comes before a conflict",
    ],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        this.refuseTaken([event as Event]);
        return super.prepare(event);
      }
      protected override prepareBatch(events: readonly NewEvent[]): readonly Event[] {
        this.refuseTaken(events as Event[]);
        return super.prepareBatch(events);
      }
    },
  ),
];
