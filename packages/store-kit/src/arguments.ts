import { type CallOptions, InvalidArgumentError, type NewSnapshot, type ReadOptions } from "@aether/core";
import { nameFlaw } from "./envelope.ts";
import { detachJson } from "./json.ts";
import { describe } from "./refusal.ts";

/**
 * Checks the actor id of a read.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const actorId: unknown = JSON.parse("7");
 * checkActorId(actorId); // throws: it is no string
 * ```
 */
export function checkActorId(actorId: unknown, argument = "actorId"): asserts actorId is string {
  const flaw = nameFlaw(actorId);
  if (flaw !== undefined) throw new InvalidArgumentError({ argument, reason: flaw });
}

/**
 * Checks an argument that counts something.
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
  const reason = `must be an integer from ${least} to ${Number.MAX_SAFE_INTEGER}, but is ${describe(value)}`;
  throw new InvalidArgumentError({ argument, reason });
}

/**
 * Some fields of an object that a caller handed in, each read once, so that what was checked is what is used.
 *
 * @throws `AETHER_INVALID_ARGUMENT` when it is no object, or cannot be read
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
  if (typeof value !== "object" || value === null) {
    throw new InvalidArgumentError({ argument, reason: `must be an object, but is ${describe(value)}` });
  }
  try {
    return Object.fromEntries(names.map((name) => [name, value[name]])) as Pick<T, Name>;
  } catch (cause) {
    throw new InvalidArgumentError({ argument, reason: "cannot be read", cause });
  }
}

/**
 * The signal among the options of a call.
 *
 * @throws `AETHER_INVALID_ARGUMENT` when they are no options, or it is no signal
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
  throw new InvalidArgumentError({ argument: "options.signal", reason: "must be an AbortSignal" });
}

function isSignal(value: unknown): boolean {
  try {
    const { addEventListener, throwIfAborted } = value as AbortSignal;
    return typeof addEventListener === "function" && typeof throwIfAborted === "function";
  } catch {
    return false;
  }
}

/** The options of a lazy read with their defaults filled in. */
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
  if (direction !== "forward" && direction !== "backward") {
    throw new InvalidArgumentError({ argument: "direction", reason: 'must be "forward" or "backward"' });
  }
  return { fromVersion, toVersion, limit, direction };
}

/**
 * A snapshot as a store keeps it: checked, detached from the caller's objects, deeply frozen.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const kept = prepareSnapshot({ actorId: "order-1", version: 7, state: { total: 3 } });
 * ```
 */
export function prepareSnapshot<State extends object>(snapshot: NewSnapshot<State>): NewSnapshot<State> {
  const { actorId, version, state } = readFields(snapshot, "snapshot", ["actorId", "version", "state"]);
  checkActorId(actorId, "snapshot.actorId");
  checkCount(version, "snapshot.version", 1);
  const detached = detachJson(
    state,
    "snapshot.state",
    (argument, reason, cause) => new InvalidArgumentError({ argument, reason, cause }),
  );
  return Object.freeze({ actorId, version, state: detached });
}
