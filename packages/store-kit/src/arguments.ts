import { type CallOptions, InvalidArgumentError, invalid, type ReadOptions } from "@aether/core";
import { describe } from "./describe.ts";
import { nameFlaw } from "./envelope.ts";

/**
 * Throws unless the value is an actor id: a non-empty, well-formed string.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const actorId: unknown = JSON.parse("7");
 * checkActorId(actorId); // throws: it is not a string
 * ```
 */
export function checkActorId(actorId: unknown, argument = "actorId"): asserts actorId is string {
  const flaw = nameFlaw(actorId);
  if (flaw !== undefined) throw invalid(argument, flaw);
}

/**
 * Throws unless the value is a count or a version: an integer from `least` to `Number.MAX_SAFE_INTEGER`.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const cacheSize: unknown = 100;
 * checkCount(cacheSize, "options.cacheSize", 1);
 * console.log(cacheSize + 1); // a number from here on
 * ```
 */
export function checkCount(value: unknown, argument: string, least = 0): asserts value is number {
  if (Number.isSafeInteger(value) && (value as number) >= least) return;
  throw invalid(argument, `must be an integer from ${least} to ${Number.MAX_SAFE_INTEGER}, but is ${describe(value)}`);
}

/**
 * Reads fields of a caller's object. Each field is read only once, so a getter cannot return a different value after
 * the check.
 *
 * @throws `AETHER_INVALID_ARGUMENT` if the value is not an object, or cannot be read
 *
 * @example
 * ```ts
 * const { signal } = readFields(options, "options", ["signal"]);
 * ```
 */
export function readFields<T extends object, Name extends keyof T>(
  value: T,
  argument: string,
  names: readonly Name[],
): Pick<T, Name> {
  if (typeof value !== "object" || value === null)
    throw invalid(argument, `must be an object, but is ${describe(value)}`);
  return readable(argument, () => Object.fromEntries(names.map((name) => [name, value[name]])) as Pick<T, Name>);
}

/**
 * Reads the items of a caller's array, each of them only once.
 *
 * @param read - checks an item and returns the result; `path` leads to the item: `"writes[2]"`
 * @throws `AETHER_INVALID_ARGUMENT` if the value is not an array, or cannot be read; and the errors of `read`
 */
export function readItems<T>(value: unknown, argument: string, read: (item: unknown, path: string) => T): readonly T[] {
  const length = readable(argument, () => (Array.isArray(value) ? value.length : undefined));
  if (length === undefined) throw invalid(argument, `must be an array, but is ${describe(value)}`);
  return Array.from({ length }, (_, index) => {
    const path = `${argument}[${index}]`;
    return read(
      readable(path, () => (value as readonly unknown[])[index]),
      path,
    );
  });
}

/** Reads a part of a caller's value. @throws `AETHER_INVALID_ARGUMENT` if reading it throws */
function readable<T>(argument: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new InvalidArgumentError({ argument, reason: "cannot be read", cause });
  }
}

/**
 * Returns the signal in the options of a call, or `undefined` if there is none.
 *
 * @throws `AETHER_INVALID_ARGUMENT` if the options are not an object, or the signal is not an `AbortSignal`
 *
 * @example
 * ```ts
 * readSignal(options)?.throwIfAborted();
 * ```
 */
export function readSignal(options: CallOptions | undefined): AbortSignal | undefined {
  if (options === undefined) return undefined;
  const { signal } = readFields(options, "options", ["signal"]);
  if (signal === undefined || isSignal(signal)) return signal;
  throw invalid("options.signal", "must be an AbortSignal");
}

function isSignal(value: unknown): boolean {
  try {
    const { addEventListener, throwIfAborted } = value as AbortSignal;
    return typeof addEventListener === "function" && typeof throwIfAborted === "function";
  } catch {
    return false;
  }
}

/** Options of a lazy read, with all defaults filled in. */
export type ReadRange = {
  readonly [Option in Exclude<keyof ReadOptions, "signal">]-?: NonNullable<ReadOptions[Option]>;
};

/**
 * Checks the options of a lazy read and fills in the defaults.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const { fromVersion, toVersion, limit, direction }: ReadRange = readRange({ limit: 10 });
 * ```
 */
export function readRange(options: ReadOptions = {}): ReadRange {
  const {
    fromVersion = 0,
    toVersion = Number.MAX_SAFE_INTEGER,
    limit = Number.MAX_SAFE_INTEGER,
    direction = "forward",
  } = readFields(options, "options", ["fromVersion", "toVersion", "limit", "direction"]);
  checkCount(fromVersion, "fromVersion");
  checkCount(toVersion, "toVersion");
  checkCount(limit, "limit");
  if (direction !== "forward" && direction !== "backward")
    throw invalid("direction", 'must be "forward" or "backward"');
  return { fromVersion, toVersion, limit, direction };
}
