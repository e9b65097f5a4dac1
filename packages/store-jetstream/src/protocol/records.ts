import { type Event, InvalidEventError } from "@aether/core";
import { decodeUtf8 } from "@aether/nats";
import { decodeEvent, parseJson, recordStamp } from "@aether/store-kit";

/** A message that is no JSON, as its only record. */
class Unreadable {
  readonly cause: unknown;

  constructor(cause: unknown) {
    this.cause = cause;
  }
}

/** Returns the records of a message, not yet checked: the elements of an array, or the whole message. Never throws. */
export function parseRecords(data: Uint8Array): readonly unknown[] {
  try {
    const parsed = parseJson(decodeUtf8(data));
    if (!Array.isArray(parsed)) return [parsed];
    if (parsed.length > 0) return parsed;
    return [new Unreadable(new InvalidEventError({ path: "", reason: "must not be an empty array" }))];
  } catch (cause) {
    return [new Unreadable(cause)];
  }
}

/** Decodes a record. Throws if it is not an event. */
export function decodeRecord(record: unknown): Event {
  if (record instanceof Unreadable) throw record.cause;
  return decodeEvent(record);
}

/** Returns the stamp of a message: of its first event's id, or of its bytes if its first record has no id. */
export function stampOf(records: readonly unknown[], data: Uint8Array): string {
  const id = (records[0] as { readonly id?: unknown } | null | undefined)?.id;
  return recordStamp(typeof id === "string" && id !== "" ? id : data);
}
