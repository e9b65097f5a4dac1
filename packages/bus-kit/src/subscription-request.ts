import { type Event, type HandlerOptions, invalid, type SubscribeOptions } from "@aether/core";
import { readFields, readSignal } from "@aether/store-kit";
import { type EventFilter, filterOf } from "./filter.ts";
import { checkPattern } from "./namespace.ts";

/** Default of the option `bufferSize`, in events. */
export const DEFAULT_BUFFER_SIZE = 1_024;

/** Maximum of the option `bufferSize`, in events. */
export const MAX_BUFFER_SIZE = 16_777_216;

/** Handler of a subscription. Its return value may be a promise. */
export type EventHandler = (event: Event) => unknown;

/** Checked arguments of `subscribe`, with the defaults filled in. */
export interface SubscriptionRequest {
  /** Pattern of the namespaces to receive events from. */
  readonly pattern: string;
  /** Selects events; `undefined` selects every event. */
  readonly filter: EventFilter | undefined;
  /** Maximum number of events that wait in the buffer. */
  readonly bufferSize: number;
  /** Decides which event a full buffer drops, or that a full buffer ends the subscription. */
  readonly overflow: NonNullable<SubscribeOptions["overflow"]>;
  /** Ends the subscription when it is aborted. */
  readonly signal: AbortSignal | undefined;
  /** Called with each event; `undefined` for a subscription that is read with a `for await` loop. */
  readonly handler: EventHandler | undefined;
  /** Called when the handler fails, with its error and the event. */
  readonly onError: ((error: unknown, event: Event) => unknown) | undefined;
}

/**
 * Checks the arguments of `subscribe`, which are either a pattern and options, or a pattern, a handler and options.
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
    throw invalid("onEvent", "must be a function if options follow it");
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
    throw invalid("options.onError", "must be a function, and needs a handler: a loop catches its own errors");
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
  throw invalid("options", "must be an object, or a handler followed by an object");
}
