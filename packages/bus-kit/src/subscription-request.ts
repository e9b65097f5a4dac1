import { type Event, type HandlerOptions, InvalidArgumentError, type SubscribeOptions } from "@aether/core";
import { readFields, readSignal } from "@aether/store-kit";
import { type EventFilter, filterOf } from "./filter.ts";
import { checkPattern } from "./namespace.ts";

/**
 * How many events may wait in a subscription that does not say.
 *
 * @example
 * ```ts
 * const bufferSize = subscribeOptions.bufferSize ?? DEFAULT_BUFFER_SIZE;
 * ```
 */
export const DEFAULT_BUFFER_SIZE = 1_024;

/**
 * The largest buffer that a subscription may ask for, in events.
 *
 * @example
 * ```ts
 * const bufferSize = Math.min(1e9, MAX_BUFFER_SIZE);
 * ```
 */
export const MAX_BUFFER_SIZE = 16_777_216;

/** A handler as the buses call it. */
export type EventHandler = (event: Event) => unknown;

/** What the arguments of `subscribe` ask for: checked, with the defaults filled in. */
export interface SubscriptionRequest {
  /** Which namespaces. */
  readonly pattern: string;
  /** Which events; without one, all. */
  readonly filter: EventFilter | undefined;
  /** How many events may wait. */
  readonly bufferSize: number;
  /** What to do with the event that finds the buffer full. */
  readonly overflow: NonNullable<SubscribeOptions["overflow"]>;
  /** Ends it. */
  readonly signal: AbortSignal | undefined;
  /** With it, it is a subscription with a handler; without it, one that is iterated. */
  readonly handler: EventHandler | undefined;
  /** Hears what the handler threw. */
  readonly onError: ((error: unknown, event: Event) => unknown) | undefined;
}

/**
 * Reads the arguments of both forms of `subscribe`: pattern and options, or pattern, handler and options.
 *
 * @throws `AETHER_INVALID_NAMESPACE` for the pattern, `AETHER_INVALID_ARGUMENT` for the rest
 *
 * @example
 * ```ts
 * const request = readSubscribeArguments("orders.*", { bufferSize: 100 });
 * const subscription = hub.open(request, registry);
 * ```
 */
export function readSubscribeArguments(pattern: unknown, second: unknown, third?: unknown): SubscriptionRequest {
  checkPattern(pattern);
  const handler = typeof second === "function" ? (second as EventHandler) : undefined;
  if (handler === undefined && third !== undefined) {
    throw invalid("onEvent", "must be a function: there are options behind it");
  }
  const options = readOptions(handler === undefined ? second : third);
  const { bufferSize = DEFAULT_BUFFER_SIZE, overflow = "drop-oldest", onError } = options;
  const signal = readSignal(options);
  if (!Number.isInteger(bufferSize) || bufferSize < 1 || bufferSize > MAX_BUFFER_SIZE) {
    throw invalid("options.bufferSize", `must be an integer from 1 to ${MAX_BUFFER_SIZE}`);
  }
  if (overflow !== "drop-oldest" && overflow !== "drop-newest" && overflow !== "error") {
    throw invalid("options.overflow", 'must be "drop-oldest", "drop-newest" or "error"');
  }
  if (onError !== undefined && (typeof onError !== "function" || handler === undefined)) {
    throw invalid("options.onError", "must be a function, and goes with a handler: a loop catches its own errors");
  }
  return { pattern, filter: filterOf(options), bufferSize, overflow, signal, handler, onError };
}

const optionNames = [
  "eventTypes",
  "actorId",
  "actorIdPrefix",
  "filter",
  "bufferSize",
  "overflow",
  "signal",
  "onError",
] as const satisfies (keyof HandlerOptions)[];

function readOptions(options: unknown): HandlerOptions {
  if (options === undefined) return {};
  if (typeof options === "object" && options !== null)
    return readFields(options as HandlerOptions, "options", optionNames) as HandlerOptions;
  throw invalid("options", "must be an object, or a handler with options behind it");
}

function invalid(argument: string, reason: string): InvalidArgumentError {
  return new InvalidArgumentError({ argument, reason });
}
