import { InvalidArgumentError, type Position } from "@aether/core";
import { describe } from "./describe.ts";
import { hashBytes, hashText } from "./hash.ts";

/** The parts of a position. */
export interface PositionParts {
  /**
   * Number of the record in the store, ascending: for example a row id or a byte offset. An integer from 0 to
   * `Number.MAX_SAFE_INTEGER`.
   */
  readonly sequence: number;
  /** Index of the event in its record, from 0 to 9,999,999. */
  readonly index: number;
  /**
   * Identifier of the place where the store keeps its events: 1 to 32 lower-case letters and digits. A place that is
   * deleted and created again has another one.
   */
  readonly incarnation: string;
  /** Stamp of the record: see {@link recordStamp}. */
  readonly stamp: string;
}

const NO_RECORD = "x";
const NO_INCARNATION = "0";
const FIRST = "0000000";
const pattern = /^(\d{16})-(\d{7})-([0-9a-z]{1,32})-(x|m?\d{1,10})$/;

/**
 * Returns the position with these parts. Positions sort as text by sequence, then by index. A store without a feed
 * needs only a sequence, and an index if its records contain several events. A feed also needs the incarnation and the
 * stamp, so that it can verify the positions that its readers pass.
 *
 * @example
 * ```ts
 * formatPosition({ sequence: 9 }) < formatPosition({ sequence: 10 }); // true
 * formatPosition({ sequence: 9, index: 2, incarnation: "k3v9", stamp: recordStamp(event.id) });
 * ```
 */
export function formatPosition({
  sequence,
  index = 0,
  incarnation = NO_INCARNATION,
  stamp = NO_RECORD,
}: Pick<PositionParts, "sequence"> & Partial<PositionParts>): Position {
  const paddedIndex = index === 0 ? FIRST : String(index).padStart(FIRST.length, "0");
  return `${String(sequence).padStart(16, "0")}-${paddedIndex}-${incarnation}-${stamp}` as Position;
}

/**
 * Reads the parts of a position that a caller passed.
 *
 * @throws `AETHER_INVALID_ARGUMENT` if the value is not a position
 *
 * @example
 * ```ts
 * const { sequence, index } = parsePosition(feedOptions.after, "options.after");
 * ```
 */
export function parsePosition(value: unknown, argument: string): PositionParts {
  const match = typeof value === "string" ? pattern.exec(value) : null;
  const [, sequence, index, incarnation, stamp] = match ?? [];
  if (incarnation === undefined || stamp === undefined || !Number.isSafeInteger(Number(sequence))) {
    throw new InvalidArgumentError({ argument, reason: `must be a position from a store, but is ${describe(value)}` });
  }
  return { sequence: Number(sequence), index: Number(index), incarnation, stamp };
}

/**
 * Returns true if two positions are certainly from the same place of a store. A feed verifies the position that it
 * starts after, so a position from the place of a verified one needs no further check. Returns false for positions that
 * {@link formatPosition} did not make, and for those without an incarnation.
 *
 * @example
 * ```ts
 * isSamePlace(receipt.position, page.position); // true if both are from one store
 * ```
 */
export function isSamePlace(one: Position, other: Position): boolean {
  const [first, second] = [pattern.exec(one)?.[3], pattern.exec(other)?.[3]];
  return first !== undefined && first !== NO_INCARNATION && first === second;
}

/**
 * Returns the stamp of a record: a short hash. With it, a store detects whether the record at a position is still the
 * one that the position was made for.
 *
 * @param record - id of the record's first event; the bytes of a malformed record; `undefined` if there is no record
 * at the position (any more)
 *
 * @example
 * ```ts
 * const stamp = recordStamp(event.id);
 * ```
 */
export function recordStamp(record: string | Uint8Array | undefined): string {
  if (record === undefined) return NO_RECORD;
  return typeof record === "string" ? String(hashText(record)) : `m${hashBytes(record)}`;
}
