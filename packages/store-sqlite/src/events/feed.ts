import {
  type Event,
  type FeedPage,
  type Position,
  type ReplayError,
  type StoredEvent,
  StreamResetError,
} from "@aether/core";
import { formatPosition, type OpenFeedRange } from "@aether/store-kit";
import type { Connection } from "../database/connection.ts";
import { nextTurn } from "../next-turn.ts";
import type { Changes } from "./changes.ts";
import { decodeRow, positionOf, replayErrorOf } from "./event-row.ts";
import type { EventTable } from "./event-table.ts";
import { PageSize } from "./page-size.ts";
import type { EventRow } from "./read-rows.ts";

const OPERATION = "read the feed";

/** The decoded rows of a page. */
interface Decoded<E extends Event> {
  readonly events: readonly StoredEvent<E>[];
  readonly errors: readonly ReplayError[];
  readonly position: Position | undefined;
}

/** Reads the events of all actors, in the order of their sequences. */
export class Feed<E extends Event> {
  readonly #connection: Connection;
  readonly #table: EventTable<E>;
  readonly #changes: Changes;

  constructor(connection: Connection, table: EventTable<E>, changes: Changes) {
    this.#connection = connection;
    this.#table = table;
    this.#changes = changes;
  }

  /** Yields pages as the options request. @throws `AETHER_STREAM_RESET`, `AETHER_STORE_UNAVAILABLE`, `signal.reason` */
  async *read({ after, follow, signal, accepts }: OpenFeedRange): AsyncGenerator<FeedPage<E>, void, undefined> {
    const read = async <T>(work: () => T): Promise<T> => this.#connection.read(OPERATION, work, signal);
    const end = follow ? Number.MAX_SAFE_INTEGER : await read(() => this.#table.lastSequence());
    let position = after && formatPosition(after);
    let last = after?.sequence ?? 0;
    const size = new PageSize();
    for (let wasCaughtUp = false; ; ) {
      const { rows, isLast, seen } = await read(() => {
        // While this read was waiting, an older state of the file may have been restored.
        if (position !== undefined) verify(position, this.#positionAt(last));
        return { ...this.#readPage(last, end, size.rows), seen: this.#changes.seen() };
      });
      size.adapt(rows);
      last = rows.at(-1)?.sequence ?? last;
      const isCaughtUp = isLast || last === end;
      const decoded = this.#decode(rows, accepts);
      position = decoded.position ?? position;
      const { events, errors } = decoded;
      const isNews = isCaughtUp && (rows.length > 0 || !wasCaughtUp);
      if (events.length + errors.length > 0 || isNews) {
        yield Object.freeze({ events, errors, position, isCaughtUp });
      }
      wasCaughtUp = isCaughtUp;
      if (isCaughtUp && !follow) return;
      if (isCaughtUp) await this.#changes.since(seen, signal);
      else await nextTurn();
      signal.throwIfAborted();
    }
  }

  /** Returns the position of the last row. */
  latestPosition(): Position | undefined {
    const sequence = this.#table.lastSequence();
    return sequence === 0 ? undefined : this.#positionAt(sequence);
  }

  #positionAt(sequence: number): Position | undefined {
    const { rows } = this.#table.readAll(sequence - 1, sequence, 1);
    return this.#decode(rows, undefined).position;
  }

  /** Reads a page, and the rest of the batch at its end. */
  #readPage(
    after: number,
    end: number,
    limit: number,
  ): { readonly rows: readonly EventRow[]; readonly isLast: boolean } {
    const { rows, isLast } = this.#table.readAll(after, end, limit);
    const lastRow = rows.at(-1);
    if (lastRow === undefined || isLast) return { rows, isLast };
    const batchEnd = this.#table.endOfBatch(lastRow.sequence);
    let whole = rows;
    for (let last = lastRow.sequence; last < batchEnd; ) {
      const rest: readonly EventRow[] = this.#table.readAll(last, batchEnd, limit).rows;
      whole = whole.concat(rest);
      last = rest.at(-1)?.sequence ?? batchEnd;
    }
    return { rows: whole, isLast };
  }

  #decode(rows: readonly EventRow[], accepts: OpenFeedRange["accepts"]): Decoded<E> {
    const { incarnation } = this.#table;
    const events: StoredEvent<E>[] = [];
    const errors: ReplayError[] = [];
    let position: Position | undefined;
    for (const row of rows) {
      try {
        const event = decodeRow<E>(row);
        position = positionOf(incarnation, row.sequence, event.id);
        if (accepts === undefined || accepts(event)) events.push(Object.freeze({ event, position }));
      } catch (cause) {
        const error = replayErrorOf(incarnation, row, cause);
        position = error.position;
        errors.push(error);
      }
    }
    return { events: Object.freeze(events), errors: Object.freeze(errors), position };
  }
}

/** @throws `AETHER_STREAM_RESET` */
function verify(position: Position, found: Position | undefined): void {
  if (found === position) return;
  throw new StreamResetError({
    streamName: "aether_events",
    reason:
      found === undefined
        ? "the database has no event at this position"
        : "the database has another event at this position",
  });
}
