import { type BusOptions, type ResolvedBusOptions, resolveBusOptions } from "@aether/bus-kit";
import { type Event, type HandlerOptions, InvalidArgumentError, type SubscribeOptions } from "@aether/core";
import { checkCount, readFields } from "@aether/store-kit";
import type { NatsBusStatus } from "./status.ts";
import { checkPrefix } from "./subjects.ts";

/** How a NATS bus is made. */
export interface NatsEventBusOptions extends BusOptions<NatsBusStatus> {
  /**
   * Stands before all subjects: `<prefix>.<namespace>`. Letters, digits, `-` and `_`, in tokens between dots. Buses with
   * different prefixes never meet, unless one prefix begins with the tokens of the other: `a.b` is within `a`.
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
export interface ResolvedOptions extends ResolvedBusOptions<NatsBusStatus> {
  readonly prefix: string;
  readonly holdUpTo: number;
}

/** Checks the options and fills in the defaults. @throws `AETHER_INVALID_ARGUMENT` */
export function resolveOptions(options: NatsEventBusOptions): ResolvedOptions {
  const common = resolveBusOptions(options);
  const own = readFields(options, "options", ["prefix", "whileDisconnected"]);
  const { prefix = "aether.events", whileDisconnected = "reject" } = own;
  checkPrefix(prefix);
  return { ...common, prefix, holdUpTo: holdUpToOf(whileDisconnected) };
}

function holdUpToOf(policy: NonNullable<NatsEventBusOptions["whileDisconnected"]>): number {
  if (policy === "reject") return 0;
  if (typeof policy !== "object" || policy === null) {
    throw invalid("options.whileDisconnected", 'must be "reject" or { holdUpTo: a number of events }');
  }
  const { holdUpTo } = readFields(policy, "options.whileDisconnected", ["holdUpTo"]);
  checkCount(holdUpTo, "options.whileDisconnected.holdUpTo", 1);
  return holdUpTo;
}

/** Reads the queue group out of the options of `subscribe`. @throws `AETHER_INVALID_ARGUMENT` */
export function queueGroupOf(options: unknown): string | undefined {
  if (typeof options !== "object" || options === null) return undefined;
  const { queueGroup } = readFields(options as QueueGroupOption, "options", ["queueGroup"]);
  if (queueGroup === undefined) return undefined;
  if (typeof queueGroup === "string" && /^[A-Za-z0-9_-]{1,255}$/.test(queueGroup)) return queueGroup;
  throw invalid("options.queueGroup", "must be 1 to 255 letters, digits, - and _");
}

function invalid(argument: string, reason: string): InvalidArgumentError {
  return new InvalidArgumentError({ argument, reason });
}
