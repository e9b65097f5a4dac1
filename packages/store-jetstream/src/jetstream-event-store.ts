import {
  type BatchEventStore,
  type CallOptions,
  type Event,
  type EventsWithErrors,
  InvalidArgumentError,
  InvalidEventError,
  type NewEvent,
  type NewSnapshot,
  type ReadOptions,
  type ReplayError,
  type ReplayReportingEventStore,
  type SaveReceipt,
  type Snapshot,
  type SnapshotStore,
  StoreClosedError,
  type StoreSupports,
  type StreamingEventStore,
} from "@aether/core";
import { abortable, checkEstablished, type NatsConnection, pause } from "@aether/nats";
import {
  checkActorId,
  checkCount,
  prepareEvent,
  prepareEvents,
  prepareSnapshot,
  readRange,
  readSignal,
} from "@aether/store-kit";
import type { Actor } from "./actor.ts";
import { type JetStreamStoreOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { unavailable } from "./protocol/api-error.ts";
import { readLazily } from "./replay/lazy-read.ts";
import { defaults, openParts, type StoreParts } from "./store-parts.ts";
import { actorSubject, subjectFlaw } from "./subjects.ts";
import type { CacheStats } from "./version-cache.ts";

/**
 * What {@link JetStreamEventStore} can do.
 *
 * @example
 * ```ts
 * console.log(jetStreamStoreSupports.durable); // true
 * ```
 */
export const jetStreamStoreSupports: StoreSupports = Object.freeze({
  batch: true,
  replayErrors: true,
  streaming: true,
  snapshots: true,
  durable: true,
  shared: true,
});

/**
 * An event store on NATS JetStream. The stream's leader decides between writers, in this process and in others: each
 * commit says behind which message of its actor it belongs, and is refused if another stands there.
 *
 * The application owns the connection: the store neither opens nor closes it.
 *
 * @example
 * ```ts
 * const connection = await connect({ servers: "127.0.0.1:4222" });
 * const store = await JetStreamEventStore.open<OrderEvent>(connection, { streamName: "orders", streamRetention: "forever" });
 * ```
 */
export class JetStreamEventStore<out E extends Event = Event>
  implements BatchEventStore<E>, ReplayReportingEventStore<E>, StreamingEventStore<E>, SnapshotStore
{
  readonly supports: StoreSupports = jetStreamStoreSupports;
  /** The name of the stream, encoded and with its namespace. */
  readonly streamName: string;
  readonly #parts: StoreParts;
  readonly #closeTimeoutMs: number;
  #closing: Promise<void> | undefined;

  private constructor(parts: StoreParts, { effectiveName, ackTimeoutMs }: ResolvedOptions) {
    this.streamName = effectiveName;
    this.#parts = parts;
    this.#closeTimeoutMs = ackTimeoutMs;
  }

  /**
   * Opens a store, and makes its stream if it is not there (see the option `stream`).
   *
   * @param connection - an open connection of `nats` 2.29 or `@nats-io/transport-node` 3.4
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STREAM_MISMATCH`, `AETHER_STREAM_NOT_FOUND`, `AETHER_UNSAFE_SERVER`
   * @throws `AETHER_STORE_UNAVAILABLE` when JetStream is not enabled, does not answer, or a permission is missing
   */
  static async open<E extends Event = Event>(
    connection: NatsConnection,
    options: JetStreamStoreOptions,
  ): Promise<JetStreamEventStore<E>> {
    const resolved = resolveOptions(options);
    checkEstablished(connection);
    return new JetStreamEventStore<E>(await openParts(connection, resolved), resolved);
  }

  /** How the version cache has done since the store was opened. */
  get cacheStats(): CacheStats {
    return this.#parts.cache.stats;
  }

  /**
   * See `EventStore.saveEvent`. One round trip where the actor's version is known or the event is its first, else two.
   *
   * @throws `AETHER_OUTCOME_UNKNOWN` when no answer came in time
   * @throws `AETHER_CONTENTION` when others kept writing in between
   */
  async saveEvent(event: NoInfer<NewEvent<E> | E>, options?: CallOptions): Promise<SaveReceipt> {
    const prepared = prepareEvent<E>(event, defaults);
    const actor = this.#actorToWrite(prepared.actorId, "actorId");
    const signal = this.#admit(options);
    const [receipt] = await this.#parts.appender.save(actor, [prepared], signal);
    return receipt as SaveReceipt;
  }

  /** See `BatchEventStore.saveEvents`. The batch is one message: it is stored whole or not at all, and never split. */
  async saveEvents(
    events: readonly NoInfer<NewEvent<E> | E>[],
    options?: CallOptions,
  ): Promise<readonly SaveReceipt[]> {
    const prepared = prepareEvents<E>(events, defaults);
    const [first] = prepared;
    const actor = first === undefined ? undefined : this.#actorToWrite(first.actorId, "[0].actorId");
    const signal = this.#admit(options);
    return actor === undefined ? [] : this.#parts.appender.save(actor, prepared, signal);
  }

  /** See `EventStore.getEvents`. Records that are no events are skipped. */
  async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly E[]> {
    return (await this.getEventsWithErrors(actorId, fromVersion, options)).events;
  }

  /** See `ReplayReportingEventStore.getEventsWithErrors`. */
  async getEventsWithErrors(actorId: string, fromVersion = 0, options?: CallOptions): Promise<EventsWithErrors<E>> {
    checkCount(fromVersion, "fromVersion");
    const actor = this.#actorToRead(actorId);
    const signal = this.#admit(options);
    return this.#parts.underway.run(() => this.#replay(actor, fromVersion, signal));
  }

  /** See `EventStore.getLatestVersion`. Always asks the stream's leader. */
  async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
    const actor = this.#actorToRead(actorId);
    const signal = this.#admit(options);
    return this.#parts.underway.run(async () => (await this.#parts.history.headToRead(actor, signal)).version);
  }

  /**
   * See `StreamingEventStore.readEvents`. It yields what was stored when the first event was asked for; a reader that stops
   * for a while holds at most two thousand commits.
   */
  readEvents(actorId: string, options?: ReadOptions): AsyncIterable<E> {
    return { [Symbol.asyncIterator]: () => this.#read(actorId, options) };
  }

  /**
   * See `SnapshotStore.saveSnapshot`. The newest few of each actor are kept (`snapshotHistory`), in a stream of their own.
   *
   * @throws `AETHER_EVENT_TOO_LARGE` when it does not fit into one message
   * @throws `AETHER_STORE_FULL`
   */
  async saveSnapshot<State extends object>(snapshot: NewSnapshot<State>, options?: CallOptions): Promise<void> {
    const prepared = prepareSnapshot(snapshot);
    const actor = this.#actorToRead(prepared.actorId, "snapshot.actorId");
    const signal = this.#admit(options);
    await this.#parts.underway.run(() => abortable(this.#saveSnapshot(actor, prepared), signal));
  }

  /** See `SnapshotStore.getLatestSnapshot`. A snapshot that cannot be read counts as none. */
  async getLatestSnapshot<State extends object = object>(
    actorId: string,
    options?: CallOptions,
  ): Promise<Snapshot<State> | undefined> {
    const actor = this.#actorToRead(actorId);
    const signal = this.#admit(options);
    const snapshot = await this.#parts.underway.run(() => abortable(this.#latestSnapshot(actor), signal));
    return snapshot as Snapshot<State> | undefined;
  }

  /**
   * An actor's newest snapshot and the events behind it: what a fold goes on from. It costs the same however long the
   * actor's history and the stream are: one round trip where at most one commit came after the snapshot, else two.
   * Without a snapshot it reads every event.
   *
   * @throws what `getLatestSnapshot` and `getEvents` throw
   * @throws `AETHER_HISTORY_TRUNCATED`, `AETHER_STREAM_RESET`, `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   *
   * @example
   * ```ts
   * const { snapshot, events } = await store.load<Order>("order-1");
   * const order = events.reduce(evolve, snapshot?.state ?? noOrder);
   * ```
   */
  async load<State extends object = object>(actorId: string, options?: CallOptions): Promise<LoadedActor<E, State>> {
    const actor = this.#actorToRead(actorId);
    const signal = this.#admit(options);
    return this.#parts.underway.run(async () => {
      const latest = this.#parts.snapshots.latest(actor);
      const behind = latest.then((found) => found && { version: found.snapshot.version, sequence: found.sequence });
      const both = Promise.all([latest, this.#parts.history.nextCommitOnly(actor, behind)]);
      const [found, events] = await abortable(asReads(both), signal);
      const snapshot = found?.snapshot as Snapshot<State> | undefined;
      if (events !== undefined) return { snapshot, events: Object.freeze(events) as readonly E[] };
      if (found !== undefined)
        this.#parts.history.rememberSnapshot(actor, { version: found.snapshot.version, sequence: found.sequence });
      const fromVersion = (snapshot?.version ?? 0) + 1;
      return { snapshot, events: (await this.#replay(actor, fromVersion, signal)).events };
    });
  }

  /**
   * Waits for the calls that are under way and the announcements that wait, at most for `ackTimeoutMs`, and refuses what
   * comes later. Lazy reads end with `AETHER_STORE_CLOSED`. The connection stays open.
   */
  close(): Promise<void> {
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  /** Closes it, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #finish(): Promise<void> {
    const deadline = new AbortController();
    const drained = this.#parts.underway.drained().then(() => this.#parts.announcer?.drained());
    await Promise.race([drained, pause(this.#closeTimeoutMs, deadline.signal).catch(() => {})]);
    deadline.abort();
    this.#parts.link.close();
  }

  async #replay(actor: Actor, fromVersion: number, signal: AbortSignal | undefined): Promise<EventsWithErrors<E>> {
    const events: E[] = [];
    const errors: ReplayError[] = [];
    for await (const commit of this.#parts.history.read(actor, { fromVersion, signal })) {
      for (const event of commit.events) events.push(event as E);
      errors.push(...commit.errors);
    }
    return { events: Object.freeze(events), errors: Object.freeze(errors) };
  }

  async #saveSnapshot(actor: Actor, snapshot: NewSnapshot): Promise<void> {
    const { head, sequence } = await asReads(this.#parts.history.sequenceBehind(actor, snapshot.version));
    if (sequence === undefined) {
      const reason = `is ahead of the actor's latest version, ${head.version}`;
      throw new InvalidArgumentError({ argument: "snapshot.version", reason });
    }
    await this.#parts.snapshots.save(actor, snapshot, defaults.now(), sequence);
  }

  async #latestSnapshot(actor: Actor): Promise<Snapshot | undefined> {
    const found = await asReads(this.#parts.snapshots.latest(actor));
    if (found === undefined) return undefined;
    const { snapshot, sequence } = found;
    this.#parts.history.rememberSnapshot(actor, { version: snapshot.version, sequence });
    return snapshot;
  }

  async *#read(actorId: string, options: ReadOptions | undefined): AsyncGenerator<E, void, undefined> {
    const range = readRange(options);
    const actor = this.#actorToRead(actorId);
    const signal = this.#admit(options);
    try {
      yield* readLazily(this.#parts.history, actor, range, signal) as AsyncGenerator<E, void, undefined>;
    } catch (cause) {
      throw this.#closing === undefined ? cause : new StoreClosedError({ cause });
    }
  }

  /** @returns the signal of the call */
  #admit(options: CallOptions | undefined): AbortSignal | undefined {
    const signal = readSignal(options);
    if (this.#closing !== undefined) throw new StoreClosedError();
    this.#parts.watch.check();
    signal?.throwIfAborted();
    return signal;
  }

  #actorToWrite(id: string, path: string): Actor {
    const subject = actorSubject(this.streamName, id);
    const flaw = subjectFlaw(subject);
    if (flaw !== undefined) throw new InvalidEventError({ path, reason: flaw });
    return { id, subject };
  }

  #actorToRead(id: string, argument = "actorId"): Actor {
    checkActorId(id, argument);
    const subject = actorSubject(this.streamName, id);
    const flaw = subjectFlaw(subject);
    if (flaw !== undefined) throw new InvalidArgumentError({ argument, reason: flaw });
    return { id, subject };
  }
}

/** What {@link JetStreamEventStore.load} finds. */
export interface LoadedActor<out E extends Event = Event, State extends object = object> {
  /** The newest snapshot; `undefined` if there is none. */
  readonly snapshot: Snapshot<State> | undefined;
  /** The events behind the snapshot; without one, all. */
  readonly events: readonly E[];
}

/** Turns the failure of a request to JetStream into the public error. */
async function asReads<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw unavailable("read", error);
  }
}
