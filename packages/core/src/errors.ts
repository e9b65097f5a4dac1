const brand: unique symbol = Symbol.for("aether.error");

/** JSON form of an error: its name, code and message, its own fields, and its cause, if any. */
export interface AetherErrorJson {
  /** Name of the error class. */
  readonly name: string;
  /** Stable code of the error. */
  readonly code: string;
  /** Human-readable description of the error. */
  readonly message: string;
  readonly [field: string]: unknown;
}

/** Constructor details of an error class: the fields that the class declares, and the underlying error, if any. */
export type ErrorDetails<E extends AetherError> = Omit<E, keyof AetherError> & { readonly cause?: unknown };

/**
 * Base class of all Aether errors. Use `isAetherError` to identify an error by its `code`. Codes are part of the API;
 * messages may change. A code also identifies an error from another copy of this package, for which `instanceof`
 * returns false.
 *
 * The constructor sets the cause of the error to `details.cause` and assigns all other details to the error. A
 * subclass therefore only declares its fields:
 *
 * @example
 * ```ts
 * class DiskFullError extends AetherError {
 *   override readonly name: string = "DiskFullError";
 *   readonly code = "MY_STORE_DISK_FULL" as const;
 *   // Mount point of the disk.
 *   declare readonly path: string;
 *
 *   constructor(details: ErrorDetails<DiskFullError>) {
 *     super(`the disk at ${quote(details.path)} is full; free some space`, details);
 *   }
 * }
 * throw new DiskFullError({ path: "/var/events" });
 * ```
 */
export abstract class AetherError extends Error {
  /** Stable code that identifies the error. */
  abstract readonly code: string;

  static {
    Object.defineProperty(AetherError.prototype, brand, { value: true });
  }

  constructor(message: string, details: object = {}) {
    const { cause, ...fields }: { readonly cause?: unknown } = details;
    super(message, because({ cause }));
    Object.assign(this, fields);
  }

  /**
   * Returns the JSON form, for logs and for other threads and processes: name, code, message, own fields and causes,
   * without the stack. `errorFromJson` restores the error.
   */
  toJSON(): AetherErrorJson {
    const { name, code, message, cause } = this;
    const fields = Object.entries(this).filter(([field]) => !(field in reserved));
    const ownFields = Object.fromEntries(fields.map(([field, value]) => [field, fieldToJson(value)]));
    return { name, code, message, ...ownFields, ...(cause === undefined ? {} : { cause: causeToJson(cause) }) };
  }
}

const reserved = { name: true, code: true, message: true, stack: true, cause: true } as const;

/** Converts the errors in a field, so that the JSON form contains no `Error` object at any depth. */
function fieldToJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fieldToJson);
  return value instanceof Error || hasErrorBrand(value) ? causeToJson(value) : value;
}

function causeToJson(cause: unknown): unknown {
  if (hasErrorBrand(cause)) return cause.toJSON();
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

/** Returns true if a value is an `AetherError`, from this copy of the package or from another one. */
export function hasErrorBrand(value: unknown): value is AetherError {
  return typeof value === "object" && value !== null && brand in value;
}

/**
 * Returns the options to pass to the `Error` constructor. If the details have no cause, the error gets no `cause`
 * property.
 *
 * @example
 * ```ts
 * throw new Error("the file cannot be read", because({ cause: error }));
 * ```
 */
export function because(details: { readonly cause?: unknown }): ErrorOptions {
  return details.cause === undefined ? {} : { cause: details.cause };
}

/**
 * Quotes a caller's text for an error message, on one line. Text longer than 120 characters is shortened and ends with
 * `...`.
 *
 * @example
 * ```ts
 * throw new RangeError(`actor ${quote(event.actorId)} has no events`);
 * ```
 */
export function quote(text: unknown): string {
  const shown = typeof text === "string" ? text : String(text);
  return JSON.stringify(shown.length > 120 ? `${shown.slice(0, 117)}...` : shown);
}
