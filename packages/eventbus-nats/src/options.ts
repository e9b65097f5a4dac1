import { type BusOptions, type ResolvedBusOptions, resolveBusOptions } from "@aether/bus-kit";
import { invalid } from "@aether/core";
import { checkCount, readFields } from "@aether/store-kit";
import type { NatsBusStatus } from "./status.ts";
import { checkPrefix } from "./subjects.ts";

/** Constructor options of {@link NatsEventBus}. */
export interface NatsEventBusOptions extends BusOptions<NatsBusStatus> {
  /**
   * Prefix of all subjects, which have the form `<prefix>.<namespace>`. It consists of tokens of letters, digits, `-`
   * and `_`, separated by dots, and has at most 255 bytes. Buses with different prefixes are isolated from each other,
   * with one exception: a bus with the prefix `a` also receives the events of a bus with the prefix `a.b`.
   * @default "aether.events"
   */
  readonly prefix?: string | undefined;
  /**
   * Behaviour of `publish` while the connection is lost. With `"reject"`, it rejects with `AETHER_BUS_DISCONNECTED`,
   * and no subscriber receives the event. With `{ holdUpTo: 1_000 }`, the subscriptions of this bus receive the event
   * immediately, and the bus holds up to 1,000 events, in order, until the connection is back. Further events are
   * rejected.
   * @default "reject"
   */
  readonly whileDisconnected?: "reject" | { readonly holdUpTo: number } | undefined;
}

/** Subscription option of a NATS bus, in addition to those of every bus. */
export interface QueueGroupOption {
  /**
   * Name of a queue group: 1 to 255 letters, digits, `-` and `_`. The server sends each event to only one subscription
   * of the group, in any process. If the filters of that subscription reject the event, no other subscription of the
   * group receives it.
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
