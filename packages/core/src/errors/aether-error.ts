import type { ErrorsByCode } from "./errors-by-code.ts";

const brand: symbol = Symbol.for("aether.error");

/** The JSON form of an error: its name, code and message, the fields that are its own, and its cause if it has one. */
export interface AetherErrorJson {
  /** The name of the class. */
  readonly name: string;
  /** What to tell errors apart by. */
  readonly code: string;
  /** What happened, for people. */
  readonly message: string;
  readonly [field: string]: unknown;
}

/**
 * What every error of Aether is. Tell errors apart by `code`, with {@link isAetherError}: codes are part of the API and
 * hold across copies of this package; messages are not, and `instanceof` does not.
 *
 * @example
 * ```ts
 * class DiskFullError extends AetherError {
 *   override readonly name: string = "DiskFullError";
 *   readonly code = "MY_STORE_DISK_FULL" as const;
 * }
 * throw new DiskFullError("the disk is full; free some space");
 * ```
 */
export abstract class AetherError extends Error {
  abstract readonly code: string;

  static {
    Object.defineProperty(AetherError.prototype, brand, { value: true });
  }

  /** For logs: the name, code, message, own fields and causes. No stack. */
  toJSON(): AetherErrorJson {
    const { name, code, message, cause } = this;
    const fields = Object.fromEntries(Object.entries(this).filter(([field]) => !(field in reserved)));
    return { name, code, message, ...fields, ...(cause === undefined ? {} : { cause: causeToJson(cause) }) };
  }
}

const reserved = { name: true, code: true, message: true, stack: true, cause: true } as const;

function causeToJson(cause: unknown): unknown {
  if (isAetherError(cause)) return cause.toJSON();
  if (!(cause instanceof Error))
    return typeof cause === "object" && cause !== null ? Object.prototype.toString.call(cause) : String(cause);
  const { name, message } = cause;
  const code = (cause as { code?: unknown }).code;
  return {
    name,
    message,
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    ...(cause.cause === undefined ? {} : { cause: causeToJson(cause.cause) }),
  };
}

/** The options of `Error` for an error that may have a cause. */
export function because(details: { readonly cause?: unknown }): ErrorOptions {
  return details.cause === undefined ? {} : { cause: details.cause };
}

/** A caller's string as an error message shows it: quoted, and cut where it is long. */
export function quote(text: unknown): string {
  const shown = typeof text === "string" ? text : String(text);
  return JSON.stringify(shown.length > 120 ? `${shown.slice(0, 117)}...` : shown);
}

/**
 * Tells whether something that was thrown is an error of Aether, and with a code whether it is that one.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_INVALID_EVENT")) console.log(error.path);
 * ```
 */
export function isAetherError(error: unknown): error is AetherError;
export function isAetherError<Code extends keyof ErrorsByCode>(error: unknown, code: Code): error is ErrorsByCode[Code];
export function isAetherError(error: unknown, code?: string): boolean {
  if (typeof error !== "object" || error === null) return false;
  const candidate = error as { readonly [brand]?: unknown; readonly code?: unknown };
  return candidate[brand as never] === true && (code === undefined || candidate.code === code);
}
