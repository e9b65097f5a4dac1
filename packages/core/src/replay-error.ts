import type { Position } from "./position.ts";

/**
 * A malformed record in the store. `getEvents` and `readEvents` skip such records. If many records that were stored
 * together are malformed, a store may report them as one.
 */
export interface ReplayError {
  /** Position of the record. */
  readonly position: Position;
  /** The stored bytes that contain the record. They may contain other records, too. */
  readonly raw: Uint8Array;
  /** Error that was thrown when the record was decoded. */
  readonly cause: unknown;
}
