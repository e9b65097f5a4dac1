import {
  type BatchEventStore,
  type CallOptions,
  type Event,
  type EventInput,
  type EventsWithErrors,
  type FeedEventStore,
  type FeedOptions,
  type FeedPage,
  HistoryTruncatedError,
  InvalidEventError,
  invalid,
  type ListingEventStore,
  type ListOptions,
  type NewSnapshot,
  type Position,
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
import { checkConnection, type NatsConnection, pause } from "@aether/nats";
import {
  checkActorId,
  checkCount,
  deferred,
  prepareEvent,
  prepareEvents,
  prepareSnapshot,
  type ReadRange,
  readFeedOptions,
  readListOptions,
  readRange,
  readSignal,
  stoppable,
} from "@aether/store-kit";
import type { Actor } from "./actor.ts";
import type { CacheStats } from "./head-cache.ts";
import { listActors } from "./listing/list-actors.ts";
import { type JetStreamStoreOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { Deadline } from "./protocol/ask-again.ts";
import { NoReplyError } from "./protocol/no-reply-error.ts";
import { publicError } from "./public-error.ts";
import { readLazily } from "./read/lazy-read.ts";
import { defaults, openParts, type StoreParts } from "./store-parts.ts";
import { eventSubject, subjectFlaw } from "./subjects.ts";

/** Capabilities of {@link JetStreamEventStore}. */
export const jetStreamStoreSupports: StoreSupports = Object.freeze({
  batch: true,
  replayErrors: true,
  streaming: true,
  snapshots: true,
  feed: true,
  listing: true,
  durable: true,
  shared: true,
});

/**
 * An event store on NATS JetStream. The leader of the stream decides which of several concurrent writers succeeds, in
 * this process and in others. Each commit (a message with the events of one or several saves) names the actor's
 * previous message, and the leader rejects the commit if the actor has a newer message.
 *
 * The application owns the connection: the store neither opens nor closes it.
 *
 * @example
 * ```ts
 * const connection = await connect({ servers: "127.0.0.1:4222" });
 * const store = await JetStreamEventStore.open<OrderEvent>(connection, {
 *   streamName: "orders",
 *   streamRetention: "forever",
 * });
 * ```
 */
export class JetStreamEventStore<out E extends Event = Event>
  implements
    BatchEventStore<E>,
    ReplayReportingEventStore<E>,
    StreamingEventStore<E>,
    SnapshotStore,
    FeedEventStore<E>,
    ListingEventStore<E>
{
  readonly supports: StoreSupports = jetStreamStoreSupports;
  /** Name of the stream on the server: the encoded name of the store, prefixed with the namespace if there is one. */
  readonly streamName: string;
  readonly #parts: StoreParts;
  readonly #ackTimeoutMs: number;
  #closing: Promise<void> | undefined;

  private constructor(parts: StoreParts, { effectiveName, ackTimeoutMs }: ResolvedOptions) {
    this.streamName = effectiveName;
    this.#parts = parts;
    this.#ackTimeoutMs = ackTimeoutMs;
  }

  /**
   * Opens a store. Missing streams are created, unless the option `stream` is `"bind"`.
   *
   * @param connection - an open connection from `nats` (2.29 or later 2.x) or `@nats-io/transport-node` (3.4 or later
   * 3.x)
   * @throws `AETHER_INVALID_ARGUMENT` if an option is invalid, or the connection is closed
   * @throws `AETHER_STREAM_MISMATCH` if an existing stream has settings that differ from the requested ones, or with
   * which the store cannot keep its promises
   * @throws `AETHER_STREAM_NOT_FOUND` if a stream does not exist and the option `stream` is `"bind"`
   * @throws `AETHER_UNSAFE_SERVER` if the server is too old for a replicated stream
   * @throws `AETHER_STORE_UNAVAILABLE` if the connection is lost (see the option `whileDisconnected`), JetStream is
   * disabled or does not answer, or a permission is missing
   * @throws `AETHER_STORE_FULL` if a limit of the account or the server does not allow the stream
   */
  static async open<E extends Event = Event>(
    connection: NatsConnection,
    options: JetStreamStoreOptions<NoInfer<E>>,
  ): Promise<JetStreamEventStore<E>> {
    const resolved = resolveOptions(options);
    checkConnection(connection);
    const { effectiveName } = resolved;
    try {
      return new JetStreamEventStore<E>(await openParts(connection, resolved), resolved);
    } catch (error) {
      throw publicError(`open stream ${effectiveName}`, error, effectiveName, undefined);
    }
  }

  /** Statistics of the version cache since the store was opened. */
  get cacheStats(): CacheStats {
    return this.#parts.cache.stats;
  }

  /**
   * Saves one event. Its version must be greater than the actor's latest version. Usually, it is the latest version
   * that you read, plus 1. The store fills in a missing `id` and `timestamp`.
   *
   * Without a conflict, a save usually needs one round trip if the actor's latest version is cached or the event is the
   * actor's first, otherwise two.
   *
   * @throws `AETHER_VERSION_CONFLICT` if the version is not greater than the actor's latest version; `sameEvent` is
   * true if this event is already stored
   * @throws `AETHER_OUTCOME_UNKNOWN` if the save was sent but not answered in time; the event may be stored
   * @throws `AETHER_CONTENTION` if another writer saved first in every attempt, with a version below this one
   * @throws `AETHER_MESSAGE_TOO_LARGE` if the event cannot be compared with the stored one; nothing was stored
   * @throws `AETHER_INVALID_EVENT`, `AETHER_INVALID_ARGUMENT`, `AETHER_EVENT_TOO_LARGE`, `AETHER_STORE_FULL`
   * @throws `AETHER_STORE_UNAVAILABLE`, `AETHER_STREAM_RESET`, `AETHER_STORE_CLOSED`, `signal.reason`
   * @throws `AETHER_STREAM_MISMATCH`, `AETHER_STREAM_NOT_FOUND` if a stream was changed or deleted since {@link open}
   */
  async saveEvent(event: EventInput<E>, options?: CallOptions): Promise<SaveReceipt> {
    const prepared = prepareEvent<E>(event, defaults);
    const actor = this.#actorToWrite(prepared.actorId, "actorId");
    const signal = this.#checkOpen("save", options);
    try {
      const [receipt] = await this.#parts.appender.save(actor, [prepared], signal);
      return receipt as SaveReceipt;
    } catch (error) {
      throw this.#publicError("save", error, signal);
    }
  }

  /**
   * Saves several events of one actor, all or nothing. Pass them in ascending version order. They are sent in one
   * message, which is never split. `[]` saves nothing.
   *
   * @throws the same errors as {@link saveEvent}
   * @throws `AETHER_INVALID_EVENT` if the events belong to several actors, or their versions do not ascend
   */
  async saveEvents(events: readonly EventInput<E>[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
    const prepared = prepareEvents<E>(events, defaults);
    const [first] = prepared;
    const actor = first === undefined ? undefined : this.#actorToWrite(first.actorId, "[0].actorId");
    const signal = this.#checkOpen("save", options);
    if (actor === undefined) return [];
    try {
      return await this.#parts.appender.save(actor, prepared, signal);
    } catch (error) {
      throw this.#publicError("save", error, signal);
    }
  }

  /**
   * Reads the events of an actor from a version on, in version order. Returns `[]` if there are none. Malformed records
   * are skipped. Every event that the stream's leader has at the time of the call is included, even if the answer comes
   * from a replica that lags behind.
   *
   * @param fromVersion - the lowest version to return
   * @throws `AETHER_HISTORY_TRUNCATED` if the first of these events have expired (see the option `truncatedHistory`)
   * @throws `AETHER_MESSAGE_TOO_LARGE` if a stored message is too large to be read over this connection
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STREAM_RESET`, `AETHER_STORE_CLOSED`,
   * `signal.reason`
   * @throws `AETHER_STREAM_MISMATCH`, `AETHER_STREAM_NOT_FOUND` if a stream was changed or deleted since {@link open}
   */
  async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly E[]> {
    return (await this.getEventsWithErrors(actorId, fromVersion, options)).events;
  }

  /**
   * Reads the events of an actor like {@link getEvents}, and reports the malformed records that it skipped.
   *
   * @param fromVersion - the lowest version to return
   * @throws the same errors as {@link getEvents}, such as `AETHER_STORE_UNAVAILABLE`
   */
  async getEventsWithErrors(actorId: string, fromVersion = 0, options?: CallOptions): Promise<EventsWithErrors<E>> {
    checkCount(fromVersion, "fromVersion");
    const actor = this.#actorToRead(actorId);
    return this.#call("read events", options, (deadline) => this.#replay(actor, fromVersion, deadline));
  }

  /**
   * Returns the latest version of an actor, or 0 if it never had events. If all its events have expired, returns the
   * version that the next event must exceed. The answer always comes from the stream's leader.
   *
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STREAM_RESET`, `AETHER_STORE_CLOSED`,
   * `signal.reason`
   * @throws `AETHER_STREAM_MISMATCH`, `AETHER_STREAM_NOT_FOUND` if a stream was changed or deleted since {@link open}
   */
  async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
    const actor = this.#actorToRead(actorId);
    return this.#call("read the latest version", options, async (deadline) => {
      const { head } = await this.#parts.heads.current(actor, deadline);
      return head.version;
    });
  }

  /**
   * Reads the events of an actor one by one, forward or backward, to be consumed in a `for await` loop. The loop yields
   * all events that were stored when it requested the first one. At most 2,000 commits are kept in memory, even if the
   * loop's body is slow.
   *
   * @throws the same errors as {@link getEvents}, such as `AETHER_STORE_UNAVAILABLE`. All errors are thrown by the
   * `for await` loop, not by the call.
   */
  readEvents(actorId: string, options?: ReadOptions): AsyncIterable<E> {
    const prepared = deferred(() => ({
      range: readRange(options),
      actor: this.#actorToRead(actorId),
      signal: readSignal(options),
    }));
    return { [Symbol.asyncIterator]: () => this.#readLazily(prepared) };
  }

  /**
   * Saves a snapshot of an actor's state, unless a newer snapshot is stored. A separate stream keeps the most recent
   * snapshots of each actor (see the option `snapshotHistory`).
   *
   * @throws `AETHER_INVALID_ARGUMENT` if the snapshot is invalid, or its version is above the actor's latest version
   * @throws `AETHER_HISTORY_TRUNCATED` if all events of the actor have expired
   * @throws `AETHER_EVENT_TOO_LARGE` if the snapshot does not fit into one message
   * @throws `AETHER_STORE_FULL`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STREAM_RESET`, `AETHER_STORE_CLOSED`,
   * `signal.reason`
   * @throws `AETHER_STREAM_MISMATCH`, `AETHER_STREAM_NOT_FOUND`, `AETHER_UNSAFE_SERVER` if the snapshot stream cannot
   * be used, or the streams were changed or deleted since {@link open}
   */
  async saveSnapshot<State extends object>(snapshot: NewSnapshot<State>, options?: CallOptions): Promise<void> {
    const prepared = prepareSnapshot(snapshot);
    const actor = this.#actorToRead(prepared.actorId, "snapshot.actorId");
    const { history, snapshots } = this.#parts;
    return this.#call("save a snapshot", options, async (deadline) => {
      const { head, sequence } = await history.sequenceAfter(actor, prepared.version, deadline);
      if (sequence === undefined) {
        if (head.version < prepared.version)
          throw invalid("snapshot.version", `is above the actor's latest version, ${head.version}`);
        throw new HistoryTruncatedError({ actorId: actor.id, firstVersion: undefined });
      }
      await snapshots.save(actor, prepared, sequence, deadline);
    });
  }

  /**
   * Returns the newest snapshot of an actor, or `undefined` if there is none or the newest one is unreadable.
   *
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STREAM_RESET`, `AETHER_STORE_CLOSED`,
   * `signal.reason`
   * @throws `AETHER_STREAM_MISMATCH`, `AETHER_STREAM_NOT_FOUND` if a stream was changed or deleted since {@link open}
   */
  async getLatestSnapshot<State extends object = object>(
    actorId: string,
    options?: CallOptions,
  ): Promise<Snapshot<State> | undefined> {
    const actor = this.#actorToRead(actorId);
    const { history, snapshots } = this.#parts;
    return this.#call("read the latest snapshot", options, async (deadline) => {
      const found = await snapshots.latest(actor, deadline);
      if (found === undefined) return undefined;
      history.rememberSnapshot(actor, { version: found.snapshot.version, sequence: found.sequence });
      return found.snapshot as Snapshot<State>;
    });
  }

  /**
   * Reads an actor's newest snapshot and the events after it, from which you can compute the actor's state. This needs
   * one round trip if at most one commit follows the snapshot, and usually two if up to 100 commits do. The length of
   * the history and the size of the stream do not matter. Without a snapshot, it reads all events of the actor.
   *
   * @throws `AETHER_HISTORY_TRUNCATED` if the first events after the snapshot have expired
   * @throws `AETHER_MESSAGE_TOO_LARGE` if a stored message is too large to be read over this connection
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STREAM_RESET`, `AETHER_STORE_CLOSED`,
   * `signal.reason`
   * @throws `AETHER_STREAM_MISMATCH`, `AETHER_STREAM_NOT_FOUND` if a stream was changed or deleted since {@link open}
   *
   * @example
   * ```ts
   * const { snapshot, events } = await store.load<Order>("order-1");
   * const order = events.reduce(evolve, snapshot?.state ?? noOrder);
   * ```
   */
  async load<State extends object = object>(actorId: string, options?: CallOptions): Promise<LoadedActor<E, State>> {
    const actor = this.#actorToRead(actorId);
    const { history, snapshots } = this.#parts;
    return this.#call("read events", options, async (deadline) => {
      const latest = snapshots.latest(actor, deadline);
      const snapshotEnd = latest.then(
        (found) => found && { version: found.snapshot.version, sequence: found.sequence },
      );
      const [found, events] = await Promise.all([latest, history.nextCommitOnly(actor, snapshotEnd, deadline)]);
      const snapshot = found?.snapshot as Snapshot<State> | undefined;
      if (events !== undefined) return { snapshot, events: Object.freeze(events) as readonly E[] };
      const end = await snapshotEnd;
      if (end !== undefined) history.rememberSnapshot(actor, end);
      const fromVersion = (snapshot?.version ?? 0) + 1;
      return { snapshot, events: (await this.#replay(actor, fromVersion, deadline)).events };
    });
  }

  /**
   * Reads the events of all actors, in the order in which they were stored. One consumer on the server delivers them.
   * The read is at most 8,000 messages, or about 12 MiB, ahead of the loop. A page has at most 500 messages. If an idle
   * read with `follow` skips events, it reports a new position at least once a second.
   *
   * A read with `follow` survives lost connections, restarts of servers and changes of leaders. As long as the server
   * cannot be reached, it waits, even when it starts and whatever `whileDisconnected` is. A read without `follow`
   * rejects after `ackTimeoutMs`, or immediately with `whileDisconnected: "reject"`.
   *
   * @throws `AETHER_INVALID_ARGUMENT` if an option is invalid, or `after` is not a position
   * @throws `AETHER_STREAM_RESET` if `after` is from another stream, or the stream was created again or restored
   * @throws `AETHER_HISTORY_TRUNCATED` if events after `after` have expired (see the option `truncatedHistory`)
   * @throws `AETHER_MESSAGE_TOO_LARGE` if the next message is too large to be read over this connection
   * @throws `AETHER_STORE_UNAVAILABLE`, `AETHER_STORE_CLOSED`, `signal.reason`. All errors are thrown by the loop, not
   * by the call.
   */
  readFeed(options?: FeedOptions<E>): AsyncIterable<FeedPage<E>> {
    return stoppable(
      () => readFeedOptions(options),
      (range) => this.#checkOpen("read the feed", range),
      (range) => this.#translated("read the feed", range.signal, this.#parts.feed.read(range)),
    ) as AsyncIterable<FeedPage<E>>;
  }

  /**
   * Returns the position of the last stored event, or `undefined` if the store never had any. The answer always comes
   * from the stream's leader.
   *
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STREAM_RESET`, `AETHER_STORE_CLOSED`,
   * `signal.reason`
   */
  async getLatestPosition(options?: CallOptions): Promise<Position | undefined> {
    return this.#call("read the latest position", options, (deadline) => this.#parts.feed.latestPosition(deadline));
  }

  /**
   * Lists the ids of the actors whose events are stored, in no particular order. At most 100,000 ids are kept in
   * memory.
   *
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STREAM_RESET`, `AETHER_STORE_CLOSED`,
   * `signal.reason`. All errors are thrown by the loop, not by the call.
   */
  listActors(options?: ListOptions): AsyncIterable<string> {
    return stoppable(
      () => readListOptions(options),
      (range) => this.#checkOpen("list the actors", range),
      ({ actorIdPrefix, signal }) => {
        const deadline = new Deadline(this.#ackTimeoutMs, signal);
        const ids = listActors(this.#parts.api, this.streamName, actorIdPrefix, deadline);
        return this.#translated("list the actors", signal, ids);
      },
    );
  }

  /**
   * Closes the store. New calls are rejected. Waits for the calls in flight and the pending announcements, for at most
   * `ackTimeoutMs`. Lazy reads fail with `AETHER_STORE_CLOSED`. The connection stays open. Never rejects.
   */
  close(): Promise<void> {
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  /** Closes the store, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #finish(): Promise<void> {
    const { inFlight, announcer, feed, link, patrol } = this.#parts;
    patrol.stop();
    const late = new AbortController();
    const drained = Promise.all([feed.close(), inFlight.drained().then(() => announcer?.drained())]);
    await Promise.race([drained, pause(this.#ackTimeoutMs, late.signal).catch(() => {})]);
    late.abort();
    link.close();
  }

  async #replay(actor: Actor, fromVersion: number, deadline: Deadline): Promise<EventsWithErrors<E>> {
    const events: E[] = [];
    const errors: ReplayError[] = [];
    for await (const commit of this.#parts.history.read(actor, { fromVersion }, deadline)) {
      for (const event of commit.events) events.push(event as E);
      for (const error of commit.errors) errors.push(error);
    }
    return { events: Object.freeze(events), errors: Object.freeze(errors) };
  }

  async *#readLazily(
    prepared: () => Readonly<{ range: ReadRange; actor: Actor; signal: AbortSignal | undefined }>,
  ): AsyncGenerator<E, void, undefined> {
    const { range, actor, signal } = prepared();
    this.#checkOpen("read events", { signal });
    const { heads, history } = this.#parts;
    const deadline = new Deadline(this.#ackTimeoutMs, signal);
    const events = readLazily(heads, history, actor, range, deadline) as AsyncGenerator<E, void, undefined>;
    yield* this.#translated("read events", signal, events);
  }

  /** Yields the values of a lazy read, and translates its errors. */
  async *#translated<Value>(
    operation: string,
    signal: AbortSignal | undefined,
    values: AsyncGenerator<Value, void, undefined>,
  ): AsyncGenerator<Value, void, undefined> {
    try {
      yield* values;
    } catch (cause) {
      if (this.#closing !== undefined) throw new StoreClosedError({ cause });
      throw this.#publicError(operation, cause, signal);
    }
  }

  /** Runs a call with a deadline, and translates its errors. `close` waits until the call has ended. */
  #call<T>(operation: string, options: CallOptions | undefined, work: (deadline: Deadline) => Promise<T>): Promise<T> {
    const signal = this.#checkOpen(operation, options);
    return this.#parts.inFlight.run(async () => {
      try {
        return await work(new Deadline(this.#ackTimeoutMs, signal));
      } catch (error) {
        throw this.#publicError(operation, error, signal);
      }
    });
  }

  /** Throws unless the store accepts calls. Returns the call's signal. */
  #checkOpen(operation: string, options: CallOptions | undefined): AbortSignal | undefined {
    const signal = readSignal(options);
    if (this.#closing !== undefined) throw new StoreClosedError();
    this.#parts.watch.check();
    signal?.throwIfAborted();
    if (this.#parts.link.isRejecting) {
      throw this.#publicError(operation, new NoReplyError("disconnected", this.streamName), signal);
    }
    return signal;
  }

  #publicError(operation: string, error: unknown, signal: AbortSignal | undefined): unknown {
    return publicError(operation, error, this.streamName, signal);
  }

  #actorToWrite(id: string, path: string): Actor {
    const subject = eventSubject(this.streamName, id);
    const flaw = subjectFlaw(subject);
    if (flaw !== undefined) throw new InvalidEventError({ path, reason: flaw });
    return { id, subject };
  }

  #actorToRead(id: string, argument = "actorId"): Actor {
    checkActorId(id, argument);
    const subject = eventSubject(this.streamName, id);
    const flaw = subjectFlaw(subject);
    if (flaw !== undefined) throw invalid(argument, flaw);
    return { id, subject };
  }
}

/** Result of {@link JetStreamEventStore.load}. */
export interface LoadedActor<out E extends Event = Event, State extends object = object> {
  /** The newest snapshot, or `undefined` if there is none or it is unreadable. */
  readonly snapshot: Snapshot<State> | undefined;
  /** The events after the snapshot. Without a snapshot, all events of the actor. */
  readonly events: readonly E[];
}
