import { describe, formatPath, type Refuse } from "./refusal.ts";
import { isTimestamp } from "./timestamp.ts";

/** The fields of an event that are neither its data nor its metadata, before they were checked. */
export interface Envelope {
  readonly id: unknown;
  readonly eventType: unknown;
  readonly actorId: unknown;
  readonly version: unknown;
  readonly timestamp: unknown;
}

/** Why a value is no name (actor id, event type, event id), or `undefined` if it is one. */
export function nameFlaw(value: unknown): string | undefined {
  if (typeof value !== "string") return `must be a string, but is ${describe(value)}`;
  if (value === "") return "must not be empty";
  if (!value.isWellFormed()) return "must be well-formed Unicode, but has a lone surrogate";
  return undefined;
}

const names = ["id", "eventType", "actorId"] as const;

/** Checks the envelope of an event whose `id` and `timestamp` are filled in. @throws what `refuse` makes */
export function checkEnvelope(envelope: Envelope, refuse: Refuse): void {
  for (const field of names) {
    const flaw = nameFlaw(envelope[field]);
    if (flaw !== undefined) throw refuse(field, flaw);
  }
  const { version, timestamp } = envelope;
  if (!Number.isSafeInteger(version) || (version as number) < 1) {
    throw refuse("version", `must be an integer from 1 to ${Number.MAX_SAFE_INTEGER}, but is ${describe(version)}`);
  }
  if (typeof timestamp !== "string" || !isTimestamp(timestamp)) {
    throw refuse("timestamp", 'must be an RFC 3339 date-time such as "2026-02-28T12:00:00Z"');
  }
}

/** Checks that every value is a string, of what was copied or parsed: it has no properties but its own. @throws what `refuse` makes */
export function checkMetadata(metadata: object, refuse: Refuse): void {
  for (const key in metadata) {
    const value: unknown = (metadata as Record<string, unknown>)[key];
    if (typeof value !== "string")
      throw refuse(formatPath("metadata", [key]), `must be a string, but is ${describe(value)}`);
  }
}
