import { type BusOptions, type ResolvedBusOptions, resolveBusOptions } from "@aether/bus-kit";
import { invalid } from "@aether/core";
import { checkCount, readFields } from "@aether/store-kit";
import type { NatsBusStatus } from "./status.ts";
import { checkPrefix } from "./subjects.ts";

/** Constructor options of {@link NatsEventBus}. */
export interface NatsEventBusOptions extends BusOptions<NatsBusStatus> {
  /**
   * Prefix of all subjects: `<prefix>.<namespace>`. At most 255 bytes: tokens of letters, digits, `-` and `_`,
   * separated by dots. Buses with different prefixes are isolated from each other, unless one prefix begins with the
   * tokens of the other: `a.b` is within `a`.
   * @default "aether.events"
   */
  readonly prefix?: string | undefined;
  /**
   * Decides about events that are published while the connection is lost. `"reject"` rejects with
   * `AETHER_BUS_DISCONNECTED`, and no subscriber receives the event. `{ holdUpTo: 1_000 }` delivers the event to the
   * subscriptions of this bus and holds up to 1,000 events until the connection is back, in order; further events are
   * rejected.
   * @default "reject"
   */
  readonly whileDisconnected?: "reject" | { readonly holdUpTo: number } | undefined;
}

/** Option of a subscription on a NATS bus, in addition to those of every bus. */
export interface QueueGroupOption {
  /**
   * Name of a queue group. The server sends each event to only one subscription of the group, in any process. An event
   * that this subscription's filters reject is not sent to another one. 1 to 255 letters, digits, `-` and `_`.
   * @default every subscription receives every event
   */
  readonly queueGroup?: string | undefined;
}

/** Checked options, with the defaults filled in. */
export interface ResolvedOptions extends ResolvedBusOptions<NatsBusStatus> {
  readonly prefix: string;
  /** Maximum number of events to hold while the connection is lost. */
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

/** Reads the queue group from the options of `subscribe`. @throws `AETHER_INVALID_ARGUMENT` */
export function queueGroupOf(options: QueueGroupOption | undefined): string | undefined {
  if (options === undefined) return undefined;
  const { queueGroup } = readFields(options, "options", ["queueGroup"]);
  if (queueGroup === undefined) return undefined;
  if (typeof queueGroup === "string" && /^[A-Za-z0-9_-]{1,255}$/.test(queueGroup)) return queueGroup;
  throw invalid("options.queueGroup", "must be 1 to 255 letters, digits, - and _");
}
