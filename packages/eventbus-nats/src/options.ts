import { checkCount } from "@aether/codec";
import { type Event, type HandlerOptions, InvalidArgumentError, type SubscribeOptions } from "@aether/core";
import type { NatsBusStatus } from "./status.ts";
import { checkPrefix } from "./subjects.ts";

/** How a NATS bus is made. */
export interface NatsEventBusOptions {
  /**
   * Stands before all subjects: `<prefix>.<namespace>`. Buses with different prefixes never meet. Letters, digits, `-`
   * and `_`, in tokens between dots.
   * @default "aether.events"
   */
  readonly prefix?: string;
  /**
   * What becomes of an event that is published while there is no connection: `"reject"` rejects with
   * `AETHER_BUS_DISCONNECTED`, and nobody gets it; `{ holdUpTo: 1_000 }` hands it to subscribers in this process and holds
   * up to so many for the reconnect, in order; what does not fit rejects.
   * @default "reject"
   */
  readonly whileDisconnected?: "reject" | { readonly holdUpTo: number };
  /**
   * Hears what needs attention: connection lost and back, permissions, malformed and missed messages, drops, handlers that
   * throw.
   * @default prints it with `console.error`
   */
  readonly onStatus?: (status: NatsBusStatus) => void;
  /**
   * How long `close()` waits for the server and for handlers, in milliseconds; then it drops what is left.
   * @default 5_000
   */
  readonly drainTimeoutMs?: number;
}

/** What a subscription of a NATS bus can have beyond the contract. */
export interface QueueGroupOption {
  /**
   * Shares the work with the other subscriptions of this group, in all processes: each event goes to one of them, picked
   * by the server. One that its filters refuse is not passed on to another. Letters, digits, `-` and `_`.
   * @default every subscription gets every event
   */
  readonly queueGroup?: string;
}

/** {@link SubscribeOptions} of a NATS bus. */
export interface NatsSubscribeOptions<E extends Event = Event, Type extends E["eventType"] = E["eventType"]>
  extends SubscribeOptions<E, Type>,
    QueueGroupOption {}

/** {@link HandlerOptions} of a NATS bus. */
export interface NatsHandlerOptions<E extends Event = Event, Type extends E["eventType"] = E["eventType"]>
  extends HandlerOptions<E, Type>,
    QueueGroupOption {}

/** The options with their defaults filled in. */
export interface ResolvedOptions {
  readonly prefix: string;
  readonly holdUpTo: number;
  readonly onStatus: NatsEventBusOptions["onStatus"];
  readonly drainTimeoutMs: number;
}

/** The longest time that a timer can wait. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** Checks the options and fills in the defaults. @throws `AETHER_INVALID_ARGUMENT` */
export function resolveOptions(options: NatsEventBusOptions): ResolvedOptions {
  if (typeof options !== "object" || options === null) throw invalid("options", "must be an object");
  const { prefix = "aether.events", whileDisconnected = "reject", onStatus, drainTimeoutMs = 5_000 } = options;
  checkPrefix(prefix);
  if (onStatus !== undefined && typeof onStatus !== "function") {
    throw invalid("options.onStatus", "must be a function");
  }
  checkCount(drainTimeoutMs, "options.drainTimeoutMs");
  if (drainTimeoutMs > MAX_TIMEOUT_MS) throw invalid("options.drainTimeoutMs", `must be at most ${MAX_TIMEOUT_MS}`);
  return { prefix, holdUpTo: holdUpToOf(whileDisconnected), onStatus, drainTimeoutMs };
}

function holdUpToOf(policy: NonNullable<NatsEventBusOptions["whileDisconnected"]>): number {
  if (policy === "reject") return 0;
  if (typeof policy !== "object" || policy === null) {
    throw invalid("options.whileDisconnected", 'must be "reject" or { holdUpTo: a number of events }');
  }
  checkCount(policy.holdUpTo, "options.whileDisconnected.holdUpTo", 1);
  return policy.holdUpTo;
}

/** Reads the queue group out of the options of `subscribe`. @throws `AETHER_INVALID_ARGUMENT` */
export function queueGroupOf(options: unknown): string | undefined {
  if (typeof options !== "object" || options === null) return undefined;
  const { queueGroup } = options as QueueGroupOption;
  if (queueGroup === undefined) return undefined;
  if (typeof queueGroup === "string" && /^[A-Za-z0-9_-]{1,255}$/.test(queueGroup)) return queueGroup;
  throw invalid("options.queueGroup", "must be 1 to 255 letters, digits, - and _");
}

function invalid(argument: string, reason: string): InvalidArgumentError {
  return new InvalidArgumentError({ argument, reason });
}
