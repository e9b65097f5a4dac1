import { checkActorId, checkCount, type EventDefaults, prepareEvent, prepareEvents, readRange } from "@aether/codec";
import {
  type BatchEventStore,
  type CallOptions,
  type Event,
  type EventsWithErrors,
  InvalidArgumentError,
  InvalidEventError,
  type NewEvent,
  type ReadOptions,
  type ReplayError,
  type ReplayReportingEventStore,
  type SaveReceipt,
  StoreClosedError,
  type StoreSupports,
  type StreamingEventStore,
} from "@aether/core";
import { v4 as uuid } from "uuid";
import { pause } from "./abortable.ts";
import type { Actor } from "./actor.ts";
import { Appender } from "./append/appender.ts";
import { Committer } from "./append/committer.ts";
import { Slots } from "./append/slots.ts";
import { checkConnection, type NatsConnection } from "./nats-connection.ts";
import { type JetStreamStoreOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { JetStreamApi } from "./protocol/jetstream-api.ts";
import { Link } from "./protocol/link.ts";
import { History } from "./replay/history.ts";
import { readLazily } from "./replay/lazy-read.ts";
import { PullReader } from "./replay/pull-reader.ts";
import { openStream } from "./stream/open-stream.ts";
import { actorSubject, subjectFlaw } from "./subjects.ts";
import { Underway } from "./underway.ts";
import { type CacheStats, VersionCache } from "./version-cache.ts";

/** What {@link JetStreamEventStore} can do. */
export const jetStreamStoreSupports: StoreSupports = Object.freeze({
  batch: true,
  replayErrors: true,
  streaming: true,
  durable: true,
  shared: true,
});

const defaults: EventDefaults = { newId: () => uuid(), now: () => new Date().toISOString() };

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
  implements BatchEventStore<E>, ReplayReportingEventStore<E>, StreamingEventStore<E>
{
  readonly supports: StoreSupports = jetStreamStoreSupports;
  /** The name of the stream, encoded and with its namespace. */
  readonly streamName: string;
  readonly #link: Link;
  readonly #cache: VersionCache;
  readonly #history: History;
  readonly #appender: Appender;
  readonly #underway = new Underway();
  readonly #ackTimeoutMs: number;
  #closing: Promise<void> | undefined;

  private constructor(link: Link, api: JetStreamApi, uniqueName: string, options: ResolvedOptions) {
    this.streamName = options.effectiveName;
    this.#link = link;
    this.#ackTimeoutMs = options.ackTimeoutMs;
    this.#cache = new VersionCache(options.cacheSize);
    let consumers = 0;
    const newConsumerName = (): string => `${uniqueName}-${++consumers}`;
    const reader = new PullReader(link, api, { newConsumerName, timeoutMs: options.ackTimeoutMs });
    this.#history = new History(api, reader, this.#cache);
    this.#appender = new Appender({
      cache: this.#cache,
      history: this.#history,
      committer: new Committer(link, api, options.ackTimeoutMs),
      slots: new Slots(options.maxInFlight),
      underway: this.#underway,
      maxMessageBytes: () => link.server.max_payload,
    });
  }

  /**
   * Opens a store, and makes its stream if it is not there.
   *
   * @param connection - an open connection of `nats` 2.29 or `@nats-io/transport-node` 3.4
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STREAM_MISMATCH`, `AETHER_UNSAFE_SERVER`, `AETHER_STORE_UNAVAILABLE`
   */
  static async open<E extends Event = Event>(
    connection: NatsConnection,
    options: JetStreamStoreOptions,
  ): Promise<JetStreamEventStore<E>> {
    const resolved = resolveOptions(options);
    checkConnection(connection);
    const uniqueName = uuid().replaceAll("-", "");
    const link = new Link(connection, uniqueName);
    try {
      // Short enough to ask again before a read gives up.
      const api = new JetStreamApi(link, resolved.effectiveName, Math.ceil(resolved.ackTimeoutMs / 3));
      await openStream(api, resolved.effectiveName, resolved, link.server.version);
      return new JetStreamEventStore<E>(link, api, uniqueName, resolved);
    } catch (error) {
      link.close();
      throw error;
    }
  }

  /** How the version cache has done since the store was opened. */
  get cacheStats(): CacheStats {
    return this.#cache.stats;
  }

  /**
   * See `EventStore.saveEvent`. One round trip where the actor's version is known or the event is its first, else two.
   *
   * @throws `AETHER_OUTCOME_UNKNOWN` when no answer came in time
   * @throws `AETHER_CONTENTION` when others kept writing in between
   */
  async saveEvent(event: NoInfer<NewEvent<E> | E>, options: CallOptions = {}): Promise<SaveReceipt> {
    const prepared = prepareEvent<E>(event, defaults);
    const actor = this.#actorToWrite(prepared.actorId, "actorId");
    this.#admit(options);
    const [receipt] = await this.#appender.save(actor, [prepared], options.signal);
    return receipt as SaveReceipt;
  }

  /** See `BatchEventStore.saveEvents`. The batch is one message: it is stored whole or not at all, and never split. */
  async saveEvents(
    events: readonly NoInfer<NewEvent<E> | E>[],
    options: CallOptions = {},
  ): Promise<readonly SaveReceipt[]> {
    const prepared = prepareEvents<E>(events, defaults);
    const [first] = prepared;
    const actor = first === undefined ? undefined : this.#actorToWrite(first.actorId, "[0].actorId");
    this.#admit(options);
    return actor === undefined ? [] : this.#appender.save(actor, prepared, options.signal);
  }

  /** See `EventStore.getEvents`. Records that are no events are skipped. */
  async getEvents(actorId: string, fromVersion = 0, options: CallOptions = {}): Promise<readonly E[]> {
    return (await this.getEventsWithErrors(actorId, fromVersion, options)).events;
  }

  /** See `ReplayReportingEventStore.getEventsWithErrors`. */
  async getEventsWithErrors(actorId: string, fromVersion = 0, options: CallOptions = {}): Promise<EventsWithErrors<E>> {
    checkCount(fromVersion, "fromVersion");
    const actor = this.#actorToRead(actorId);
    this.#admit(options);
    return this.#underway.run(async () => {
      const events: E[] = [];
      const errors: ReplayError[] = [];
      for await (const commit of this.#history.read(actor, { fromVersion, signal: options.signal })) {
        for (const event of commit.events) events.push(event as E);
        errors.push(...commit.errors);
      }
      return { events: Object.freeze(events), errors: Object.freeze(errors) };
    });
  }

  /** See `EventStore.getLatestVersion`. Always asks the stream's leader. */
  async getLatestVersion(actorId: string, options: CallOptions = {}): Promise<number> {
    const actor = this.#actorToRead(actorId);
    this.#admit(options);
    return this.#underway.run(async () => (await this.#history.headToRead(actor, options.signal)).version);
  }

  /**
   * See `StreamingEventStore.readEvents`. It yields what was stored when the first event was asked for; a reader that stops
   * for a while holds at most a thousand commits.
   */
  readEvents(actorId: string, options?: ReadOptions): AsyncIterable<E> {
    return { [Symbol.asyncIterator]: () => this.#read(actorId, options) };
  }

  /**
   * Waits for the calls that are under way, at most for `ackTimeoutMs`, and refuses what comes later. The connection
   * stays open.
   */
  close(): Promise<void> {
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #finish(): Promise<void> {
    const deadline = new AbortController();
    await Promise.race([this.#underway.drained(), pause(this.#ackTimeoutMs, deadline.signal).catch(() => {})]);
    deadline.abort();
    this.#link.close();
  }

  async *#read(actorId: string, options: ReadOptions = {}): AsyncGenerator<E, void, undefined> {
    const range = readRange(options);
    const actor = this.#actorToRead(actorId);
    this.#admit(options);
    yield* readLazily(this.#history, actor, range, options.signal) as AsyncGenerator<E, void, undefined>;
  }

  #admit({ signal }: CallOptions): void {
    if (this.#closing !== undefined) throw new StoreClosedError();
    signal?.throwIfAborted();
  }

  #actorToWrite(id: string, path: string): Actor {
    const subject = actorSubject(this.streamName, id);
    const flaw = subjectFlaw(subject);
    if (flaw !== undefined) throw new InvalidEventError({ path, reason: flaw });
    return { id, subject };
  }

  #actorToRead(id: string): Actor {
    checkActorId(id);
    const subject = actorSubject(this.streamName, id);
    const flaw = subjectFlaw(subject);
    if (flaw !== undefined) throw new InvalidArgumentError({ argument: "actorId", reason: flaw });
    return { id, subject };
  }
}
