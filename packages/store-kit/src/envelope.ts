import { describe } from "./describe.ts";
import { type ErrorAt, formatPath } from "./error-at.ts";
import { isTimestamp } from "./timestamp.ts";

/** Fields of an event other than its data and metadata, before they are checked. */
export interface Envelope {
  readonly id: unknown;
  readonly eventType: unknown;
  readonly actorId: unknown;
  readonly version: unknown;
  readonly timestamp: unknown;
}

/** Returns the reason why a value is not a valid actor id, event type or event id; `undefined` if it is valid. */
export function nameFlaw(value: unknown): string | undefined {
  if (typeof value !== "string") return `must be a string, but is ${describe(value)}`;
  if (value === "") return "must not be empty";
  if (!value.isWellFormed()) return "must be well-formed Unicode, but has a lone surrogate";
  return undefined;
}

const names = ["id", "eventType", "actorId"] as const;

/** Checks all fields of an event except its data and metadata. Throws the error that `errorAt` returns. */
export function checkEnvelope(envelope: Envelope, errorAt: ErrorAt): void {
  for (const field of names) {
    const flaw = nameFlaw(envelope[field]);
    if (flaw !== undefined) throw errorAt(field, flaw);
  }
  const { version, timestamp } = envelope;
  if (!Number.isSafeInteger(version) || (version as number) < 1) {
    throw errorAt("version", `must be an integer from 1 to ${Number.MAX_SAFE_INTEGER}, but is ${describe(version)}`);
  }
  if (typeof timestamp !== "string" || !isTimestamp(timestamp)) {
    throw errorAt("timestamp", 'must be an RFC 3339 date-time such as "2026-02-28T12:00:00Z"');
  }
}

/**
 * Checks that every value in the metadata is a string. The metadata must be a copied or parsed object. Throws the error
 * that `errorAt` returns.
 */
export function checkMetadata(metadata: object, errorAt: ErrorAt): void {
  // `for...in` would include inherited properties, but copied and parsed objects have none.
  for (const key in metadata) {
    const value: unknown = (metadata as Record<string, unknown>)[key];
    if (typeof value !== "string")
      throw errorAt(formatPath("metadata", [key]), `must be a string, but is ${describe(value)}`);
  }
}
