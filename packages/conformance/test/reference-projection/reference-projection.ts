import {
  type DocumentStore,
  type DocumentWrite,
  type ExpectedRevision,
  type FeedEventStore,
  type FeedOptions,
  type FeedPage,
  isAetherError,
  type Position,
  type Revision,
  type StoredEvent,
  supports,
} from "@aether/core";
import { partitionOf } from "@aether/store-kit";
import { pause } from "../../src/checks/pause.ts";
import type {
  ProjectedEvent,
  ProjectedValue,
  ProjectionSample,
  ProjectionSampleOptions,
  ProjectionWait,
  RunningSample,
} from "../../src/index.ts";

/** The document of a lease and a checkpoint. */
export interface LeaseRecord {
  readonly owner: string;
  readonly beat: number;
  readonly checkpoint: Position | null;
  readonly isReleased: boolean;
}

/** A document as it is stored: `value` is `null` if it was deleted. */
export interface StoredValue {
  readonly value: ProjectedValue | null;
  readonly position: Position;
}

/** A document that was read for a page. */
export interface Loaded {
  readonly revision: ExpectedRevision;
  value: ProjectedValue | undefined;
  position: Position | undefined;
  isChanged: boolean;
}

/** The lease of a partition, as its owner knows it. */
export interface Held {
  readonly partition: number;
  record: LeaseRecord;
  revision: Revision;
  sentMs: number;
  /** The last write of the record. Writes follow each other. */
  lastSave: Promise<unknown>;
}

/** The lease belongs to another process. */
class LeaseLost extends Error {}

const PASSING = ["AETHER_REVISION_CONFLICT", "AETHER_STORE_UNAVAILABLE", "AETHER_OUTCOME_UNKNOWN"] as const;
const isPassing = (error: unknown): boolean => PASSING.some((code) => isAetherError(error, code));

let owners = 0;

/**
 * A simple and correct projection. It consists of small methods that mutants override. Every partition has a lease with
 * its checkpoint; every document has the position of its last event.
 */
export class ReferenceProjection implements RunningSample {
  protected readonly store: FeedEventStore<ProjectedEvent>;
  protected readonly documents: DocumentStore;
  protected readonly sample: ProjectionSample;
  protected readonly options: ProjectionSampleOptions;
  protected readonly owner: string = `owner-${++owners}`;
  protected readonly stopping: AbortController = new AbortController();
  #loops: Promise<unknown> = Promise.resolve();

  constructor(store: FeedEventStore<ProjectedEvent>, sample: ProjectionSample, options: ProjectionSampleOptions) {
    this.store = store;
    this.sample = sample;
    this.options = options;
    this.documents = options.documents;
  }

  async start(): Promise<this> {
    await this.makeLive(0);
    const partitions = Array.from({ length: this.options.partitions }, (_, partition) => partition);
    this.#loops = Promise.all([...partitions.map((partition) => this.#keep(partition)), this.#switch()]);
    return this;
  }

  async get(id: string, options: ProjectionWait = {}): Promise<ProjectedValue | undefined> {
    const version = await this.reach(options);
    const found = await this.documents.getDocument<StoredValue>(this.collection(version), id);
    return found?.value.value ?? undefined;
  }

  async *list(
    options: ProjectionWait = {},
  ): AsyncGenerator<{ readonly id: string; readonly document: ProjectedValue }> {
    const version = await this.reach(options);
    for await (const { id, value } of this.documents.listDocuments<StoredValue>(this.collection(version)))
      if (value.value !== null) yield { id, document: value.value };
  }

  async untilLive({ timeoutMs = 10_000 }: { readonly timeoutMs?: number | undefined } = {}): Promise<void> {
    await this.#until(async () => (await this.live()) >= this.sample.version, timeoutMs);
  }

  async stop(): Promise<void> {
    this.stopping.abort(new Error("stopped"));
    await this.#loops;
  }

  /** Waits for what a read must include. Returns the version to read. */
  protected async reach({ atLeast, timeoutMs = 10_000 }: ProjectionWait): Promise<number> {
    let version = await this.live();
    await this.#until(async () => {
      version = await this.live();
      return atLeast === undefined || (await this.isReached(version, atLeast));
    }, timeoutMs);
    return version;
  }

  /** Returns true if all partitions of a version have handled everything up to a position. */
  protected async isReached(version: number, position: Position): Promise<boolean> {
    for (let partition = 0; partition < this.options.partitions; partition++) {
      const lease = await this.documents.getDocument<LeaseRecord>(this.leases(version), String(partition));
      if ((lease?.value.checkpoint ?? "") < position) return false;
    }
    return true;
  }

  protected async live(): Promise<number> {
    const pointer = await this.documents.getDocument<{ readonly version: number }>("pointers", this.sample.name);
    return pointer?.value.version ?? 0;
  }

  /** Makes the own version the live one, if the live one is at most `replaced`. */
  protected async makeLive(replaced: number): Promise<void> {
    const { name, version } = this.sample;
    await this.again(async () => {
      const pointer = await this.documents.getDocument<{ readonly version: number }>("pointers", name);
      if (pointer !== undefined && (pointer.value.version >= version || pointer.value.version > replaced)) return;
      const expectedRevision = pointer?.revision ?? "absent";
      await this.documents.putDocument("pointers", name, { version }, { expectedRevision });
    });
  }

  /** Returns the position that a new version must reach before it is read. */
  protected switchAt(): Promise<Position | undefined> {
    return this.store.getLatestPosition();
  }

  async #switch(): Promise<void> {
    try {
      while ((await this.live()) < this.sample.version) {
        const position = await this.switchAt();
        const version = this.sample.version;
        await this.#until(async () => position === undefined || (await this.isReached(version, position)), 60_000);
        await this.makeLive(this.sample.version);
      }
    } catch (error) {
      if (!this.stopping.signal.aborted) throw error;
    }
  }

  /** Takes a partition whenever it is free, and handles its events. */
  async #keep(partition: number): Promise<void> {
    let seen: { readonly revision: Revision | undefined; readonly atMs: number } | undefined;
    while (!this.stopping.signal.aborted) {
      try {
        const found = await this.documents.getDocument<LeaseRecord>(this.leases(), String(partition));
        if (seen === undefined || seen.revision !== found?.revision)
          seen = { revision: found?.revision, atMs: performance.now() };
        const isFree = found?.value.isReleased !== false || performance.now() - seen.atMs >= this.options.leaseMs;
        if (isFree) {
          const record = { owner: this.owner, beat: 0, checkpoint: found?.value.checkpoint ?? null, isReleased: false };
          const sentMs = performance.now();
          const options = { expectedRevision: found?.revision ?? "absent" } as const;
          const revision = await this.documents.putDocument(this.leases(), String(partition), record, options);
          await this.#own({ partition, record, revision, sentMs, lastSave: Promise.resolve() });
        }
      } catch (error) {
        if (!isPassing(error) && !this.stopping.signal.aborted) throw error;
      }
      await pause(5);
    }
  }

  /** Handles the events of a partition as long as the lease is held. */
  async #own(held: Held): Promise<void> {
    const lost = new AbortController();
    const signal = AbortSignal.any([this.stopping.signal, lost.signal]);
    const renewed = this.#renew(held, lost);
    try {
      const { partitions } = this.options;
      const after = held.record.checkpoint ?? undefined;
      const partition = partitions === 1 || !this.dividesActors ? undefined : held.partition;
      for await (const { events, position } of this.feed({ after, partition, follow: true, signal })) {
        for (let start = 0; start < events.length; start += this.options.maxBatchEvents) {
          const page = events.slice(start, start + this.options.maxBatchEvents);
          await this.again(() => this.handle(held, page), signal);
        }
        if (position !== undefined) await this.again(() => this.save(held, position), signal);
      }
    } catch (error) {
      if (!(signal.aborted || error instanceof LeaseLost)) throw error;
    } finally {
      lost.abort(new Error("lost"));
      await renewed;
      if (this.stopping.signal.aborted)
        await this.documents
          .putDocument(
            this.leases(),
            String(held.partition),
            { ...held.record, isReleased: true },
            { expectedRevision: held.revision },
          )
          .catch(() => {});
    }
  }

  async #renew(held: Held, lost: AbortController): Promise<void> {
    const { leaseMs } = this.options;
    while (!lost.signal.aborted) {
      await pause(leaseMs / 5);
      if (performance.now() - held.sentMs >= leaseMs) lost.abort(new Error("lost"));
      if (lost.signal.aborted || this.stopping.signal.aborted) return;
      await this.save(held, held.record.checkpoint).catch((error: unknown) => {
        if (!isPassing(error)) lost.abort(error);
      });
    }
  }

  protected feed(options: FeedOptions<ProjectedEvent>): AsyncIterable<FeedPage<ProjectedEvent>> {
    return this.store.readFeed(options);
  }

  /** True if the partitions divide the actors, and not the documents. */
  protected get dividesActors(): boolean {
    return this.sample.documentId === undefined;
  }

  /** Folds a page into documents, and stores them and the checkpoint. */
  protected async handle(held: Held, page: readonly StoredEvent<ProjectedEvent>[]): Promise<void> {
    const loaded = await this.fold(held.partition, page);
    const position = page.at(-1)?.position as Position;
    const changed = [...loaded].filter(([, { isChanged }]) => isChanged);
    if (supports(this.documents, "atomic")) {
      await this.save(
        held,
        position,
        changed.map(([id, each]) => this.writeOf(id, each)),
      );
    } else {
      await this.writeEach(changed);
      await this.save(held, position);
    }
  }

  protected async writeEach(changed: readonly (readonly [string, Loaded])[]): Promise<void> {
    for (const [id, each] of changed) {
      const write = this.writeOf(id, each);
      if (write.type === "delete") await this.documents.deleteDocument(write.collection, id, write);
      else {
        const { expectedRevision } = write;
        await this.documents.putDocument(write.collection, id, write.value, { expectedRevision });
      }
    }
  }

  protected async fold(partition: number, page: readonly StoredEvent<ProjectedEvent>[]): Promise<Map<string, Loaded>> {
    const loaded = new Map<string, Loaded>();
    for (const stored of page) {
      const { event } = stored;
      const position = this.markOf(stored);
      for (const id of await this.idsOf(partition, event)) {
        const state = loaded.get(id) ?? (await this.load(id));
        loaded.set(id, state);
        if (this.contains(state, position)) continue;
        const value = this.sample.evolve[event.eventType](state.value, event as never);
        if (value === state.value) continue;
        state.value = value;
        state.position = position;
        state.isChanged = true;
      }
    }
    return loaded;
  }

  /** Returns what a document keeps of its last event. */
  protected markOf({ position }: StoredEvent<ProjectedEvent>): Position {
    return position;
  }

  protected async idsOf(partition: number, event: ProjectedEvent): Promise<readonly string[]> {
    const history = async (): Promise<readonly ProjectedEvent[]> =>
      (await this.store.getEvents(event.actorId)).filter(({ version }) => version <= event.version);
    const ids = [...new Set((await this.sample.documentId?.(event, { history })) ?? [event.actorId])];
    return this.options.partitions === 1 || this.dividesActors
      ? ids
      : ids.filter((id) => partitionOf(id) === partition);
  }

  protected async load(id: string): Promise<Loaded> {
    const found = await this.documents.getDocument<StoredValue>(this.collection(), id);
    const { value, position } = found?.value ?? {};
    return { revision: found?.revision ?? "absent", value: value ?? undefined, position, isChanged: false };
  }

  /** Returns true if a document contains an event already. */
  protected contains({ position: last }: Loaded, position: Position): boolean {
    return last !== undefined && position <= last;
  }

  protected writeOf(id: string, { value, position, revision }: Loaded): DocumentWrite {
    const stored = { value: value ?? null, position: position as Position };
    return { type: "put", collection: this.collection(), id, value: stored, expectedRevision: revision };
  }

  /** Stores a checkpoint and renews the lease. Rejects with another error than a passing one if the lease is lost. */
  protected save(held: Held, checkpoint: Position | null, writes: readonly DocumentWrite[] = []): Promise<void> {
    const saved = held.lastSave.then(() => this.#save(held, checkpoint, writes));
    held.lastSave = saved.catch(() => {});
    return saved;
  }

  async #save(held: Held, checkpoint: Position | null, writes: readonly DocumentWrite[]): Promise<void> {
    const before = held.record.checkpoint;
    const later = before !== null && (checkpoint === null || before > checkpoint) ? before : checkpoint;
    const record = { ...held.record, beat: held.record.beat + 1, checkpoint: later };
    const sentMs = performance.now();
    const place = { collection: this.leases(), id: String(held.partition) };
    const expectedRevision = held.revision;
    try {
      if (writes.length > 0 && supports(this.documents, "atomic")) {
        const own: DocumentWrite = { type: "put", ...place, value: record, expectedRevision };
        const [revision] = await this.documents.writeDocuments([own, ...writes]);
        held.revision = revision as Revision;
      } else held.revision = await this.documents.putDocument(place.collection, place.id, record, { expectedRevision });
    } catch (error) {
      if (!isPassing(error)) throw error;
      const found = await this.documents.getDocument<LeaseRecord>(place.collection, place.id);
      if (found === undefined || found.value.owner !== this.owner || found.value.isReleased) throw new LeaseLost();
      held.revision = found.revision;
      held.record = found.value;
      if (found.value.beat !== record.beat) throw error;
    }
    held.record = record;
    held.sentMs = sentMs;
  }

  protected collection(version: number = this.sample.version): string {
    return `documents.${version}.${this.sample.name}`;
  }

  protected leases(version: number = this.sample.version): string {
    return `leases.${version}.${this.sample.name}`;
  }

  /** Repeats work after passing errors, from fresh reads. */
  protected async again(work: () => Promise<void>, signal: AbortSignal = this.stopping.signal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      try {
        await work();
        return;
      } catch (error) {
        if (!isPassing(error)) throw error;
        await pause(2);
      }
    }
  }

  async #until(condition: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    const endMs = performance.now() + timeoutMs;
    while (!(await condition())) {
      this.stopping.signal.throwIfAborted();
      if (performance.now() > endMs) throw new Error("the position was not reached in time");
      await pause(2);
    }
  }
}
