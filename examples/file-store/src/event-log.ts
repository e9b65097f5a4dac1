import { setTimeout } from "node:timers/promises";
import { type Event, type FeedPage, type Position, type StoredEvent, StreamResetError } from "@aether/core";
import { formatPosition, type OpenFeedRange, recordStamp } from "@aether/store-kit";
import type { Commit } from "./commit-file.ts";

/** Maximum number of records in a page. */
const PAGE_RECORDS = 500;
/** Interval at which a read with `follow` looks for new records in the file, in milliseconds. */
const POLL_MS = 20;

/** Contents of a record: events, or the error of a malformed record. */
type Contents<E extends Event> = Pick<FeedPage<E>, "events" | "errors">;

/** The accepted commits and the malformed records, in the order of the file. */
export class EventLog<E extends Event> {
  readonly #path: string;
  readonly #records: Contents<E>[] = [];
  /** The first commit of a file has a random id. So another file, or a new one with this name, has other positions. */
  #incarnation: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  get lastPosition(): Position | undefined {
    return endOf(this.#records.at(-1));
  }

  append({ id, events }: Commit<E>, offset: number): readonly StoredEvent<E>[] {
    this.#incarnation ??= recordStamp(id);
    const record = { sequence: offset, incarnation: this.#incarnation, stamp: recordStamp(events[0]?.id) };
    const stored = events.map((event, index) =>
      Object.freeze({ event, position: formatPosition({ ...record, index }) }),
    );
    this.#records.push({ events: stored, errors: [] });
    return stored;
  }

  appendMalformed(raw: Uint8Array, offset: number, cause: unknown): void {
    const stamp = recordStamp(raw);
    this.#incarnation ??= stamp;
    const position = formatPosition({ sequence: offset, incarnation: this.#incarnation, stamp });
    this.#records.push({ events: [], errors: [Object.freeze({ position, raw, cause })] });
  }

  /** Yields pages of whole records. `refresh` appends the new records in the file. @throws `AETHER_STREAM_RESET` */
  async *read(range: OpenFeedRange, refresh: () => Promise<unknown>): AsyncGenerator<FeedPage<E>, void, undefined> {
    const { follow, signal, accepts } = range;
    const after = range.after && formatPosition(range.after);
    const isAfter = ({ position }: { readonly position: Position }): boolean => after === undefined || position > after;
    const isWanted = (stored: StoredEvent<E>): boolean => isAfter(stored) && (accepts?.(stored.event) ?? true);
    await refresh();
    const end = follow ? Number.POSITIVE_INFINITY : this.#records.length;
    let next = after === undefined ? 0 : this.#find(after);
    let position = after;
    for (let hasCaughtUp = false; ; await refresh()) {
      const records = this.#records.slice(next, Math.min(next + PAGE_RECORDS, end));
      next += records.length;
      position = endOf(records.at(-1)) ?? position;
      const events = Object.freeze(records.flatMap((record) => record.events).filter(isWanted));
      const errors = Object.freeze(records.flatMap((record) => record.errors).filter(isAfter));
      const isCaughtUp = next >= Math.min(this.#records.length, end);
      const isNews = isCaughtUp && (records.length > 0 || !hasCaughtUp);
      if (isNews || events.length + errors.length > 0) yield { events, errors, position, isCaughtUp };
      if (isCaughtUp && !follow) return;
      hasCaughtUp ||= isCaughtUp;
      if (records.length === 0) await setTimeout(POLL_MS, undefined, { signal });
    }
  }

  /** Returns the index of the record at a position. */
  #find(position: Position): number {
    const index = this.#records.findIndex(({ events, errors }) =>
      [...events, ...errors].some((each) => each.position === position),
    );
    if (index >= 0) return index;
    throw new StreamResetError({ streamName: this.#path, reason: "the file has no record at this position" });
  }
}

/** Returns the position of the end of a record. */
function endOf<E extends Event>(record: Contents<E> | undefined): Position | undefined {
  return (record?.events ?? []).at(-1)?.position ?? record?.errors[0]?.position;
}
