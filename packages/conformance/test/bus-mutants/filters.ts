import type { Event, HandlerOptions } from "@aether/core";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import { ReferenceSubscription } from "../reference-bus/reference-subscription.ts";
import type { SubscribeRequest } from "../reference-bus/subscribe-request.ts";
import { type BusMutant, busMutant, type SubscriptionClass, subscriptionMutant } from "./mutant.ts";

const all = "filters: an event must pass all filters";
const nonsense = "filters: invalid options are rejected at once";

/** Reads the request in another way. */
function asking(change: (request: SubscribeRequest) => SubscribeRequest): SubscriptionClass {
  return class extends ReferenceSubscription {
    constructor(request: SubscribeRequest, onEnd: (subscription: ReferenceSubscription) => void) {
      super(change(request), onEnd);
    }
  };
}

const without =
  (...fields: readonly string[]) =>
  (request: SubscribeRequest): SubscribeRequest =>
    Object.fromEntries(
      Object.entries(request).filter(([field]) => !fields.includes(field)),
    ) as unknown as SubscribeRequest;

export const filterMutants: readonly BusMutant[] = [
  subscriptionMutant(
    "does not filter by type",
    ["filters: eventTypes selects events by type"],
    asking(without("eventTypes")),
  ),
  subscriptionMutant(
    "does not filter by actor",
    ["filters: actorId selects events by actor"],
    asking(without("actorId")),
  ),
  subscriptionMutant(
    "takes a prefix for an actor's whole id",
    ["filters: actorIdPrefix selects events by the beginning of the actor id"],
    asking(({ actorIdPrefix, ...request }) =>
      actorIdPrefix === undefined ? request : { ...request, actorId: actorIdPrefix },
    ),
  ),
  subscriptionMutant(
    "looks for a prefix anywhere in an actor's id",
    ["filters: actorIdPrefix selects events by the beginning of the actor id"],
    asking(({ actorIdPrefix, ...request }) =>
      actorIdPrefix === undefined ? request : { ...request, filter: ({ actorId }) => actorId.includes(actorIdPrefix) },
    ),
  ),
  subscriptionMutant(
    "does not ask the predicate",
    ["filters: filter selects events by a predicate", all],
    asking(without("filter")),
  ),
  subscriptionMutant(
    "goes by the first filter that there is",
    [all],
    asking((request) => (request.eventTypes === undefined ? request : without("actorIdPrefix", "filter")(request))),
  ),
  subscriptionMutant(
    "filters behind the buffer",
    ["filters: filters apply before the buffer: other events take no space in it and are not counted as dropped"],
    class extends ReferenceSubscription {
      protected override wants(): boolean {
        return true;
      }
      protected override async next(): Promise<IteratorResult<Event, undefined>> {
        for (;;) {
          const result = await super.next();
          if (result.done === true || super.wants(result.value)) return result;
        }
      }
    },
  ),
  busMutant(
    "reads the caller's options when an event comes",
    ["filters: filters are copied when subscribe is called"],
    class extends ReferenceBus {
      protected override request(request: SubscribeRequest): SubscribeRequest {
        return request;
      }
    },
  ),
  subscriptionMutant(
    "does not mind whether a predicate throws",
    ["filters: a filter that throws skips the event for its own subscription only, which continues"],
    class extends ReferenceSubscription {
      protected override wants(event: Event): boolean {
        const { filter } = this.request;
        return filter === undefined ? super.wants(event) : filter(event);
      }
    },
  ),
  subscriptionMutant(
    "ends a subscription whose predicate throws",
    ["filters: a filter that throws skips the event for its own subscription only, which continues"],
    class extends ReferenceSubscription {
      protected override wants(event: Event): boolean {
        try {
          return this.request.filter?.(event) ?? super.wants(event);
        } catch (error) {
          this.end({ failure: { error } });
          return false;
        }
      }
    },
  ),
  busMutant(
    "makes the best of options that make no sense",
    [nonsense],
    class extends ReferenceBus {
      protected override checkOptions(options: unknown): HandlerOptions {
        const { bufferSize, ...others } = (options ?? {}) as HandlerOptions;
        return super.checkOptions({ ...others, bufferSize: Math.max(1, Math.trunc(bufferSize ?? 1_024)) });
      }
    },
  ),
];
