export { AbstractEventBus } from "./abstract-event-bus.ts";
export { BufferedSubscription } from "./buffered-subscription.ts";
export { type BusOptions, type ResolvedBusOptions, resolveBusOptions } from "./bus-options.ts";
export type { SubscriberList } from "./dispatcher.ts";
export type { Ending } from "./ending.ts";
export type { EventFilter } from "./filter.ts";
export { HandlerSubscription } from "./handler-subscription.ts";
export { LocalSubscription, type SubscriptionContext } from "./local-subscription.ts";
export type { BusMetrics, Counters } from "./metrics.ts";
export { checkNamespace, checkPattern, MAX_NAMESPACE_BYTES, MAX_NAMESPACE_TOKENS } from "./namespace.ts";
export { PatternIndex } from "./pattern-index.ts";
export { type PatternGroup, PatternRegistry } from "./pattern-registry.ts";
export { publishedEvent } from "./published-event.ts";
export { settledWithin } from "./settled-within.ts";
export { type Report, reportTo, type SubscriptionStatus } from "./status.ts";
export { SubscriptionHub, type SubscriptionSource } from "./subscription-hub.ts";
export {
  DEFAULT_BUFFER_SIZE,
  type EventHandler,
  MAX_BUFFER_SIZE,
  readSubscribeArguments,
  type SubscriptionRequest,
} from "./subscription-request.ts";
