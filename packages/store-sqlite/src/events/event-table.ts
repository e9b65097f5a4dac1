import type { Event, ReplayError, SaveReceipt } from "@aether/core";
import { conflictOf, receiptOf } from "@aether/store-kit";
import { bytesOf, type StoredBytes } from "../bytes.ts";
import type { Connection } from "../database/connection.ts";
import { isRejected } from "../database/driver-error.ts";
import type { SqliteValue } from "../database/sqlite-database.ts";
import { decodeRow, positionOf, replayErrorOf } from "./event-row.ts";
import { type EventRow, type RowRange, readRows } from "./read-rows.ts";

/** The last event of an actor. */
interface Head {
  readonly sequence: number;
  readonly version: number;
}

/** Number of actors whose heads are kept. */
const KEPT_HEADS = 10_000;

const NO_HEAD: Head = { sequence: 0, version: 0 };

/** Part of the events of an actor: versions from `fromVersion` to `toVersion`, after or before a row. */
export interface ActorRange {
  readonly actorId: string;
  readonly key: string;
  readonly direction: "forward" | "backward";
  readonly fromVersion: number;
  readonly toVersion: number;
  /** The last row of the page before. */
  readonly last?: Head | undefined;
}

/** The events and the malformed records of one page. */
export interface ActorPage<E extends Event> {
  readonly events: readonly E[];
  readonly errors: readonly ReplayError[];
  readonly rows: readonly EventRow[];
  /** True if no rows follow. */
  readonly isLast: boolean;
}

/** The table of events. Its methods do not wait. */
export class EventTable<E extends Event> {
  readonly #connection: Connection;
  readonly incarnation: string;
  /**
   * Last events of actors, as of `#last`. A read may add a later one, but then the next transaction finds that `#last`
   * is outdated.
   */
  readonly #heads = new Map<string, Head>();
  /** Sequence of the last row, as of the last transaction. */
  #last: number | undefined;
  /** True if no other connection had stored events between the last two transactions. */
  #isAlone = false;
  /** True if `#last` is up to date, because the current transaction holds the lock and has checked it. */
  #isChecked = false;

  constructor(connection: Connection, incarnation: string) {
    this.#connection = connection;
    this.incarnation = incarnation;
  }

  /** Called when a transaction begins: other connections may have stored events. */
  began(): void {
    this.#isChecked = false;
  }

  /** Called when a transaction was rolled back: its rows do not exist. */
  rolledBack(): void {
    this.#heads.clear();
    this.#last = undefined;
  }

  /** Stores the events of one actor, within a transaction. @throws `AETHER_VERSION_CONFLICT` */
  append(key: string, events: readonly E[], records: readonly string[]): readonly SaveReceipt[] {
    return this.#storeUnchecked(key, events, records) ?? this.#storeChecked(key, events, records);
  }

  /** Returns the sequence of the last row; 0 if there is none. */
  lastSequence(): number {
    const row = this.#connection.get<{ readonly last: number | null }>(LAST_SEQUENCE);
    return Number(row?.last ?? 0);
  }

  latestVersion(key: string, actorId: string): number {
    return this.#head(key, actorId).version;
  }

  /** Reads up to `limit` rows of an actor. */
  readActor(range: ActorRange, limit: number): ActorPage<E> {
    const { rows, isComplete } = readRows(this.#connection, rowsOf(range), limit);
    const events: E[] = [];
    const errors: ReplayError[] = [];
    for (const row of rows) {
      try {
        events.push(decodeRow<E>(row, range.actorId));
      } catch (cause) {
        errors.push(replayErrorOf(this.incarnation, row, cause));
      }
    }
    return { events, errors, rows, isLast: isComplete && rows.length < limit };
  }

  /** Reads up to `limit` rows with sequences after `after`, up to `end`. */
  readAll(after: number, end: number, limit: number): { readonly rows: readonly EventRow[]; readonly isLast: boolean } {
    const where = "sequence > ? AND sequence <= ?";
    const range = { hasActors: true, where, order: "sequence", values: [after, end] };
    const { rows, isComplete } = readRows(this.#connection, range, limit);
    return { rows, isLast: isComplete && rows.length < limit };
  }

  /** Returns the sequence of the last row of the batch that a row belongs to. */
  endOfBatch(sequence: number): number {
    return Number(this.#connection.get<{ readonly end: number }>(END_OF_BATCH, sequence)?.end ?? sequence);
  }

  /** Returns up to `limit` keys of actors that have rows, in byte order: those from a key on, or those after it. */
  actorKeys(from: Uint8Array, isIncluded: boolean, limit: number): readonly Uint8Array[] {
    const rows = this.#connection.all<{ readonly key: StoredBytes }>(
      isIncluded ? KEYS_FROM : KEYS_AFTER,
      Buffer.from(from).toString("hex"),
      limit,
    );
    return rows.map(({ key }) => bytesOf(key));
  }

  /**
   * Stores events without a look at the table, as long as no other connection stores events. A trigger rejects the
   * first row if one has: then nothing is stored, and the result is `undefined`. If a later row is rejected, the error
   * ends the transaction, because the first rows must not remain.
   */
  #storeUnchecked(key: string, events: readonly E[], records: readonly string[]): readonly SaveReceipt[] | undefined {
    const kept = this.#heads.get(key);
    if (this.#isChecked || !this.#isAlone || kept === undefined) return undefined;
    if ((events[0]?.version ?? 0) <= kept.version) return undefined;
    let inserted: number;
    try {
      inserted = this.#insert(key, events, records, 0);
    } catch (error) {
      if (isRejected(error)) return undefined;
      throw error;
    }
    return this.#store(key, events, records, inserted);
  }

  #storeChecked(key: string, events: readonly E[], records: readonly string[]): readonly SaveReceipt[] {
    if (!this.#isChecked) this.#check();
    const actorId = events[0]?.actorId ?? "";
    const { version } = this.#heads.get(key) ?? this.#head(key, actorId);
    const conflict = conflictOf(events, version, (attempted) => this.#idAt(key, actorId, attempted));
    if (conflict !== undefined) throw conflict;
    return this.#store(key, events, records);
  }

  #check(): void {
    const last = this.lastSequence();
    this.#isAlone = last === this.#last;
    this.#isChecked = true;
    if (this.#isAlone) return;
    this.#last = last;
    this.#heads.clear();
  }

  /** Stores the events from an index on: those before it are inserted. Returns the receipts of all of them. */
  #store(key: string, events: readonly E[], records: readonly string[], inserted = 0): readonly SaveReceipt[] {
    const first = (this.#last ?? 0) + 1;
    for (let index = inserted; index < events.length; ) index += this.#insert(key, events, records, index);
    this.#isChecked = true;
    this.#last = first + events.length - 1;
    this.#keep(key, { sequence: this.#last, version: events.at(-1)?.version ?? 0 });
    return events.map((event, index) => receiptOf(event, positionOf(this.incarnation, first + index, event.id)));
  }

  /** Inserts events from an index on, with one statement. Returns their number. */
  #insert(key: string, events: readonly E[], records: readonly string[], index: number): number {
    const first = (this.#last ?? 0) + 1;
    const count = events.length - index < ROWS_PER_INSERT ? 1 : ROWS_PER_INSERT;
    const values: SqliteValue[] = [];
    for (let at = index; at < index + count; at++) {
      values.push(first + at, key, events[at]?.version ?? 0, events.length - 1 - at, records[at] ?? "");
    }
    this.#connection.run(count === 1 ? INSERT_ONE : INSERT_SEVERAL, ...values);
    return count;
  }

  /** Returns the last row of an actor that is an event. */
  #head(key: string, actorId: string): Head {
    const last = this.#connection.get<Head>(LAST_ROW, key);
    if (last === undefined) return NO_HEAD;
    const kept = this.#heads.get(key);
    const sequence = Number(last.sequence);
    if (kept?.sequence === sequence && kept.version === Number(last.version)) return kept;
    return this.#findHead(key, actorId);
  }

  #findHead(key: string, actorId: string): Head {
    const range = { actorId, key, direction: "backward", fromVersion: 0, toVersion: Number.MAX_SAFE_INTEGER } as const;
    for (let before: Head | undefined; ; ) {
      const count = before === undefined ? 1 : 16;
      const { rows }: { readonly rows: readonly EventRow[] } = readRows(
        this.#connection,
        rowsOf({ ...range, last: before }),
        count,
      );
      for (const row of rows) {
        if (!isEvent(row, actorId)) continue;
        return this.#keep(key, { sequence: row.sequence, version: row.version });
      }
      before = rows.at(-1);
      if (before === undefined) return NO_HEAD;
    }
  }

  #keep(key: string, head: Head): Head {
    this.#heads.delete(key);
    this.#heads.set(key, head);
    if (this.#heads.size > KEPT_HEADS) {
      const [oldest] = this.#heads.keys();
      if (oldest !== undefined) this.#heads.delete(oldest);
    }
    return head;
  }

  #idAt(key: string, actorId: string, version: number): string | undefined {
    const range = { actorId, key, direction: "forward", fromVersion: version, toVersion: version } as const;
    for (let last: Head | undefined; ; ) {
      const page: ActorPage<E> = this.readActor({ ...range, last }, 16);
      const [event] = page.events;
      if (event !== undefined || page.isLast) return event?.id;
      last = page.rows.at(-1);
    }
  }
}

/** Number of events that one statement of a batch inserts. */
const ROWS_PER_INSERT = 10;
const insertSql = (rows: number): string =>
  `INSERT INTO aether_events (sequence, actor, version, remaining, record)
    VALUES ${new Array(rows).fill("(?, ?, ?, ?, ?)").join(", ")}`;
const INSERT_ONE = insertSql(1);
const INSERT_SEVERAL = insertSql(ROWS_PER_INSERT);
const LAST_SEQUENCE = "SELECT max(sequence) AS last FROM aether_events";
/** The rows of a batch follow each other. `remaining` is ignored if another program has written a wrong number. */
const END_OF_BATCH = `SELECT later.sequence AS end FROM aether_events AS row JOIN aether_events AS later
  ON later.sequence = row.sequence + row.remaining AND later.actor = row.actor AND later.remaining = 0
  WHERE row.sequence = ?`;
const LAST_ROW = `SELECT sequence AS sequence, version AS version FROM aether_events WHERE actor = ?
  ORDER BY version DESC, sequence DESC LIMIT 1`;

/** Finds each next key with a search in the index, because an actor can have many rows. */
const keysSql = (comparison: string): string => `WITH RECURSIVE keys (key) AS (
    SELECT min(actor) FROM aether_events WHERE actor ${comparison} CAST(unhex(?) AS TEXT)
    UNION ALL SELECT (SELECT min(actor) FROM aether_events WHERE actor > key) FROM keys WHERE key IS NOT NULL LIMIT ?
  ) SELECT CAST(key AS BLOB) AS key FROM keys WHERE key IS NOT NULL`;
const KEYS_FROM = keysSql(">=");
const KEYS_AFTER = keysSql(">");

function rowsOf({ key, direction, fromVersion, toVersion, last }: ActorRange): RowRange {
  const isForward = direction === "forward";
  const after = isForward ? "(version > ? OR sequence > ?)" : "(version < ? OR sequence < ?)";
  const first = isForward ? Math.max(fromVersion, last?.version ?? 0) : fromVersion;
  const end = isForward ? toVersion : Math.min(toVersion, last?.version ?? toVersion);
  return {
    hasActors: false,
    where: `actor = ? AND version >= ? AND version <= ?${last === undefined ? "" : ` AND ${after}`}`,
    order: isForward ? "version, sequence" : "version DESC, sequence DESC",
    values: [key, first, end, ...(last === undefined ? [] : [last.version, last.sequence])],
  };
}

function isEvent(row: EventRow, actorId: string): boolean {
  try {
    decodeRow(row, actorId);
    return true;
  } catch {
    return false;
  }
}
