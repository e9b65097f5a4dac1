import { InvalidArgumentError, type Revision } from "@aether/core";
import { describe } from "../describe.ts";

/** The parts of a revision. */
export interface RevisionParts {
  /**
   * Identifier of the place where the store keeps its documents: 1 to 32 lower-case letters and digits. A place that is
   * deleted and created again has another one.
   */
  readonly incarnation: string;
  /** Number of the write in this place: an integer from 0 to `Number.MAX_SAFE_INTEGER`. No two writes have the same. */
  readonly sequence: number;
}

const pattern = /^([0-9a-z]{1,32})-(0|[1-9]\d{0,15})$/;

/**
 * Returns the revision with these parts. The sequence must never repeat within the incarnation, not even after the
 * document was deleted.
 *
 * @example
 * ```ts
 * const revision = formatRevision({ incarnation: "k3v9", sequence: 17 });
 * ```
 */
export function formatRevision({ incarnation, sequence }: RevisionParts): Revision {
  return `${incarnation}-${sequence}` as Revision;
}

/**
 * Reads the parts of a revision that a caller passed.
 *
 * @throws `AETHER_INVALID_ARGUMENT` if the value is not a revision
 *
 * @example
 * ```ts
 * const { sequence } = parseRevision("k3v9-17", "options.expectedRevision");
 * ```
 */
export function parseRevision(value: unknown, argument: string): RevisionParts {
  const [, incarnation, sequence] = (typeof value === "string" ? pattern.exec(value) : null) ?? [];
  if (incarnation === undefined || !Number.isSafeInteger(Number(sequence))) {
    const reason = `must be "absent" or a revision from a store, but is ${describe(value)}`;
    throw new InvalidArgumentError({ argument, reason });
  }
  return { incarnation, sequence: Number(sequence) };
}
