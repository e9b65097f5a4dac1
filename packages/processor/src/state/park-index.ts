import { isAetherError, type Position } from "@aether/core";
import type { Owned } from "./owned-document.ts";

/** The parked actors of a partition. Only the owner of the partition writes it, except for the field `request`. */
export interface ParkIndex extends Owned {
  readonly actors: readonly ParkRecord[];
}

/** A parked actor. */
export interface ParkRecord {
  readonly actorId: string;
  /** Position of the event that could not be handled. */
  readonly position: Position;
  /** Id of this event. */
  readonly eventId: string;
  readonly eventType: string;
  readonly version: number;
  /** Position to read the actor's unhandled events after; `null` for the beginning. */
  readonly after: Position | null;
  /** Time of the failure: an RFC 3339 date-time. */
  readonly parkedAt: string;
  readonly attempts: number;
  readonly error: ParkedError;
  /** Request of any process to handle the actor again. The owner carries it out. */
  readonly request: "retry" | "discard" | null;
}

/** Error that has parked an actor. */
export interface ParkedError {
  /** Name of the error. */
  readonly name: string;
  /** Message of the error, at most 500 characters. */
  readonly message: string;
  /** Code of the error, if it has one. */
  readonly code: string | null;
}

/** Maximum length of a stored error message, in characters. */
const MAX_MESSAGE = 500;

/** Returns true if a value has the fields of a `ParkIndex`. */
export function isParkIndex(value: object): boolean {
  const { token, write, actors } = value as Partial<ParkIndex>;
  return typeof token === "string" && typeof write === "number" && Array.isArray(actors) && actors.every(isParkRecord);
}

function isParkRecord(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { actorId, position, after, error } = value as Partial<ParkRecord>;
  const hasAfter = after === null || typeof after === "string";
  return typeof actorId === "string" && typeof position === "string" && hasAfter && typeof error === "object";
}

/** Describes a thrown value, in JSON and in well-formed text of limited length. */
export function describeError(error: unknown): ParkedError {
  if (!(error instanceof Error)) return { name: "Error", message: textOf(error), code: null };
  const code = isAetherError(error) ? error.code : (error as { readonly code?: unknown }).code;
  return { name: textOf(error.name), message: textOf(error.message), code: typeof code === "string" ? code : null };
}

function textOf(value: unknown): string {
  let text: string;
  try {
    text = String(value);
  } catch {
    text = "a value that cannot be shown";
  }
  return text.slice(0, MAX_MESSAGE).toWellFormed();
}
