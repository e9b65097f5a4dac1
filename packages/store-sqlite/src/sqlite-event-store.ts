import {
  type Event,
  type EventsWithErrors,
  EventTooLargeError,
  type FeedPage,
  OutcomeUnknownError,
  type Position,
  type ReplayError,
  type SaveReceipt,
  type Snapshot,
  type StoreSupports,
} from "@aether/core";
import {
  AbstractEventStore,
  type MaybePromise,
  type OpenFeedRange,
  type ReadRange,
  readAnnounceOptions,
} from "@aether/store-kit";
import { textOf } from "./bytes.ts";
import type { Connection } from "./database/connection.ts";
import { unavailable } from "./database/driver-error.ts";
import { type OpenDatabase, openDatabase } from "./database/open-database.ts";
import type { SqliteDatabase } from "./database/sqlite-database.ts";
import { Writer } from "./database/writer.ts";
import { Changes } from "./events/changes.ts";
import { type ActorPage, type ActorRange, EventTable } from "./events/event-table.ts";
import { Feed } from "./events/feed.ts";
import { PageSize } from "./events/page-size.ts";
import type { EventRow } from "./events/read-rows.ts";
import { SnapshotTable } from "./events/snapshot-table.ts";
import { jsonOf, MAX_JSON_BYTES } from "./json-size.ts";
import { idOf, keyOf } from "./key.ts";
import { nextTurn } from "./next-turn.ts";
import { readOptions, readPollInterval, type SqliteEventStoreOptions } from "./options.ts";
import { wellFormedStart } from "./well-formed-start.ts";

/** Manifest of {@link SqliteEventStore}: every capability, durable and shared. */
export const sqliteStoreSupports: StoreSupports = Object.freeze({
  batch: true,
  replayErrors: true,
  streaming: true,
  snapshots: true,
  feed: true,
  listing: true,
  durable: true,
  shared: true,
});

/** Number of actors that a list reads at once. */
const LIST_ACTORS = 200;

/**
 * An event store in a SQLite database file. Any number of stores, in any number of processes on one machine, can use
 * the same file.
 *
 * The application opens the database, with a connection that it uses for nothing but stores, and closes it after the
 * stores. The driver runs in the thread of the caller, so each call blocks it for the time of the disk access.
 *
 * @typeParam E - union of the events in the store
 *
 * @example
 * ```ts
 * const database = new DatabaseSync("orders.db");
 * const store = await SqliteEventStore.open<OrderEvent>(database);
 * await store.saveEvent({ actorId: "order-1", version: 1, eventType: "OrderPlaced", data: { item: "lamp" } });
 * await store.close();
 * database.close();
 * ```
 */
export class SqliteEventStore<out E extends Event = Event> extends AbstractEventStore<E> {
  override readonly supports: StoreSupports = sqliteStoreSupports;
  readonly #connection: Connection;
  readonly #writer: Writer;
  readonly #events: EventTable<E>;
  readonly #snapshots: SnapshotTable;
  readonly #changes: Changes;
  readonly #feed: Feed<E>;

  private constructor(
    { connection, incarnation, synchronous }: OpenDatabase,
    options: SqliteEventStoreOptions<E>,
    pollMs: number,
  ) {
    super(options);
    this.#connection = connection;
    this.#events = new EventTable(connection, incarnation);
    this.#snapshots = new SnapshotTable(connection);
    this.#changes = new Changes(connection, incarnation, pollMs);
    this.#feed = new Feed(connection, this.#events, this.#changes);
    this.#writer = new Writer(connection, synchronous === "full", {
      began: () => this.#events.began(),
      committed: () => this.#changes.committed(),
      rolledBack: () => this.#events.rolledBack(),
    });
  }

  /**
   * Opens a store in a database. Creates the tables if the database is empty.
   *
   * @throws `AETHER_INVALID_ARGUMENT` if an option is invalid, or the database belongs to another program or to a newer
   * version of this package, is in memory, or is not a database
   * @throws `AETHER_STORE_UNAVAILABLE` if the database cannot be read or written
   */
  static async open<E extends Event = Event>(
    database: SqliteDatabase,
    options: SqliteEventStoreOptions<NoInfer<E>> = {},
  ): Promise<SqliteEventStore<E>> {
    const checked = readOptions(options);
    const pollIntervalMs = readPollInterval(options);
    readAnnounceOptions(options);
    return new SqliteEventStore<E>(await openDatabase(database, checked), options, pollIntervalMs);
  }

  protected override append(events: readonly E[], signal: AbortSignal | undefined): Promise<readonly SaveReceipt[]> {
    const actorId = events[0]?.actorId ?? "";
    const records = events.map(recordOf); // rejects an actor id that is too long for a key, too
    const key = keyOf(actorId);
    return this.#writer.perform(
      {
        operation: "save events",
        rows: events.length,
        execute: () => this.#events.append(key, events, records),
        outcomeUnknown: (cause) => new OutcomeUnknownError({ actorId, eventIds: events.map(({ id }) => id), cause }),
      },
      signal,
    );
  }

  protected override read(
    actorId: string,
    fromVersion: number,
    signal: AbortSignal | undefined,
  ): MaybePromise<EventsWithErrors<E>> {
    const range: ActorRange = {
      actorId,
      key: keyOf(actorId),
      fromVersion,
      toVersion: Number.MAX_SAFE_INTEGER,
      direction: "forward",
    };
    const size = new PageSize();
    const first = this.#readPage(range, size, signal);
    return first instanceof Promise || !first.isLast ? this.#readRest(range, size, first, signal) : first;
  }

  protected override latestVersion(actorId: string, signal: AbortSignal | undefined): MaybePromise<number> {
    const read = (): number => this.#events.latestVersion(keyOf(actorId), actorId);
    return this.#connection.read("read the latest version", read, signal);
  }

  protected override async *readLazily(
    actorId: string,
    range: ReadRange,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<E, void, undefined> {
    const size = new PageSize(range.limit);
    for (let last: EventRow | undefined; ; await nextTurn()) {
      const page: ActorPage<E> = await this.#readPage({ ...range, actorId, key: keyOf(actorId), last }, size, signal);
      yield* page.events;
      if (page.isLast) return;
      last = page.rows.at(-1);
    }
  }

  protected override putSnapshot(snapshot: Snapshot, signal: AbortSignal | undefined): Promise<void> {
    const { actorId } = snapshot;
    const record = recordOf(snapshot);
    return this.#writer.perform(
      {
        operation: "save a snapshot",
        rows: 1,
        execute: () => this.#snapshots.put(snapshot, record),
        // A snapshot is only a cache, so an application need not find out whether it is stored.
        outcomeUnknown: (cause) => unavailable(`save a snapshot of actor ${JSON.stringify(actorId)}`, cause),
      },
      signal,
    );
  }

  protected override readSnapshot(
    actorId: string,
    signal: AbortSignal | undefined,
  ): MaybePromise<Snapshot | undefined> {
    return this.#connection.read("read a snapshot", () => this.#snapshots.read(actorId), signal);
  }

  protected override readPages(range: OpenFeedRange): AsyncGenerator<FeedPage<E>, void, undefined> {
    return this.#feed.read(range);
  }

  protected override latestPosition(signal: AbortSignal | undefined): MaybePromise<Position | undefined> {
    return this.#connection.read("read the latest position", () => this.#feed.latestPosition(), signal);
  }

  protected override async *listIds(
    actorIdPrefix: string,
    signal: AbortSignal,
  ): AsyncGenerator<string, void, undefined> {
    const prefix = keyOf(wellFormedStart(actorIdPrefix));
    let last: Uint8Array = Buffer.from(prefix);
    for (let isFirst = true; ; isFirst = false) {
      const keys = await this.#connection.read(
        "list actors",
        () => this.#events.actorKeys(last, isFirst, LIST_ACTORS),
        signal,
      );
      for (const bytes of keys) {
        last = bytes;
        const key = textOf(bytes);
        const actorId = idOf(key);
        if (key !== undefined && !key.startsWith(prefix)) return;
        if (actorId === undefined) continue;
        if ((await this.latestVersion(actorId, signal)) > 0) yield actorId;
      }
      if (keys.length < LIST_ACTORS) return;
      await nextTurn();
    }
  }

  /** The database remains open: the application closes it. */
  protected override release(): void {
    this.#changes.release();
    this.#connection.release();
  }

  #readPage(range: ActorRange, size: PageSize, signal: AbortSignal | undefined): MaybePromise<ActorPage<E>> {
    const read = (): ActorPage<E> => {
      const page = this.#events.readActor(range, size.rows);
      if (!page.isLast) size.adapt(page.rows);
      return page;
    };
    return this.#connection.read("read events", read, signal);
  }

  async #readRest(
    range: ActorRange,
    size: PageSize,
    first: MaybePromise<ActorPage<E>>,
    signal: AbortSignal | undefined,
  ): Promise<EventsWithErrors<E>> {
    const events: E[] = [];
    const errors: ReplayError[] = [];
    for (let page = await first; ; ) {
      for (const event of page.events) events.push(event);
      for (const error of page.errors) errors.push(error);
      if (page.isLast) return { events, errors };
      await nextTurn();
      signal?.throwIfAborted();
      page = await this.#readPage({ ...range, last: page.rows.at(-1) }, size, signal);
    }
  }
}

/** Returns the JSON of an event or a snapshot. @throws `AETHER_EVENT_TOO_LARGE` */
function recordOf(value: Event | Snapshot): string {
  const record = jsonOf(value);
  if (typeof record === "string") return record;
  throw new EventTooLargeError({ actorId: value.actorId, sizeBytes: record.sizeBytes, limitBytes: MAX_JSON_BYTES });
}
