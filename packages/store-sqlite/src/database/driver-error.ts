import { StoreUnavailableError } from "@aether/core";

/** Primary result codes of SQLite, as names and as numbers. */
const codes = {
  SQLITE_BUSY: 5,
  SQLITE_LOCKED: 6,
  SQLITE_FULL: 13,
  SQLITE_TOOBIG: 18,
  SQLITE_CONSTRAINT: 19,
  SQLITE_NOTADB: 26,
} as const;

type Code = keyof typeof codes;

/**
 * Returns true if a driver's error has a result code, or an extended code that is derived from it. `node:sqlite` has
 * numbers in `errcode`, the other drivers have names in `code`.
 */
function hasCode(error: unknown, wanted: Code): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  if (typeof errcode === "number") return (errcode & 0xff) === codes[wanted];
  return typeof code === "string" && (code === wanted || code.startsWith(`${wanted}_`));
}

/** Returns true if another connection holds the lock that the statement needs. */
export function isBusy(error: unknown): boolean {
  return hasCode(error, "SQLITE_BUSY") || hasCode(error, "SQLITE_LOCKED");
}

/** Returns true if the disk, or the maximum size of the database, is exhausted. */
export function isFull(error: unknown): boolean {
  return hasCode(error, "SQLITE_FULL");
}

/** Returns true if a text has more bytes than SQLite can handle. */
export function isTooBig(error: unknown): boolean {
  return hasCode(error, "SQLITE_TOOBIG");
}

/** Returns true if a trigger or a constraint of the database has rejected a row. */
export function isRejected(error: unknown): boolean {
  return hasCode(error, "SQLITE_CONSTRAINT");
}

/** Returns true if the file is not a SQLite database. */
export function isForeignFile(error: unknown): boolean {
  return hasCode(error, "SQLITE_NOTADB");
}

/** Returns the public error of a driver's error. */
export function unavailable(operation: string, cause: unknown): StoreUnavailableError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StoreUnavailableError({ operation, reason, cause });
}
