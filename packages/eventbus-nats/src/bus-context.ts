import type { Report, SubscriptionHub } from "@aether/bus-kit";
import type { NatsCounters } from "./metrics.ts";
import type { ServerLink } from "./server/server-link.ts";
import type { NatsBusStatus } from "./status.ts";

/** The parts of a bus that both publishing and receiving use. */
export interface BusContext {
  readonly busId: string;
  readonly prefix: string;
  readonly link: ServerLink;
  readonly hub: SubscriptionHub;
  readonly natsCounters: NatsCounters;
  readonly report: Report<NatsBusStatus>;
}
