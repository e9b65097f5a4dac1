import { type Event, type EventsWithErrors, InvalidEventError, type Position, type ReplayError } from "@aether/core";
import { decodeEvent } from "./decode.ts";
import { parseJson } from "./parse-json.ts";
import { bytesOf, textOf } from "./utf8.ts";

/** One stored event as JSON, and the facts that the storage knows about it without parsing it. */
export interface StoredRecord {
  /** Actor whose record it is. */
  readonly actorId: string;
  /** Version of the event, if it is stored outside the JSON, too: in a column or a key. */
  readonly version?: number | undefined;
  /** Position of the record. */
  readonly position: Position;
  /** JSON of the event. Pass bytes if the storage has them, since a text can lose bytes that are not UTF-8. */
  readonly raw: Uint8Array | string;
}

/**
 * Turns stored records into the events that reads return, and the malformed records among them. A record is malformed
 * if it is not UTF-8, not JSON or not an event, or if it is an event of another actor or version. All arrays are
 * frozen, and events are deeply frozen.
 *
 * @example
 * ```ts
 * const rows = [{ position: formatPosition({ sequence: 7 }), raw: '{"id":"e1"}' }];
 * const { events, errors } = decodeRecords(rows.map((row) => ({ actorId: "order-1", ...row })));
 * ```
 */
export function decodeRecords<E extends Event = Event>(records: Iterable<StoredRecord>): EventsWithErrors<E> {
  const events: E[] = [];
  const errors: ReplayError[] = [];
  for (const record of records) {
    try {
      events.push(decodeRecord<E>(record));
    } catch (cause) {
      const { position, raw } = record;
      errors.push(Object.freeze({ position, raw: bytesOf(raw), cause }));
    }
  }
  return Object.freeze({ events: Object.freeze(events), errors: Object.freeze(errors) });
}

function decodeRecord<E extends Event>({ actorId, version, raw }: StoredRecord): E {
  const event = decodeEvent<E>(parseJson(textOf(raw)));
  if (event.actorId !== actorId)
    throw new InvalidEventError({ path: "actorId", reason: "is not the actor whose record it is" });
  if (version !== undefined && event.version !== version)
    throw new InvalidEventError({ path: "version", reason: `is ${event.version}, but the record has ${version}` });
  return event;
}
