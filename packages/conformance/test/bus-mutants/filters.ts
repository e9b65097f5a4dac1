import type { Event, HandlerOptions } from "@aether/core";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import { ReferenceSubscription } from "../reference-bus/reference-subscription.ts";
import type { SubscribeRequest } from "../reference-bus/subscribe-request.ts";
import { type BusMutant, busMutant, type SubscriptionClass, subscriptionMutant } from "./mutant.ts";

const all = "filters: an event must pass all filters";
const copied = "filters: options are copied when subscribe is called, and can be reused";
const asked = "filters: filter is called once for each event that passes the other filters, and for no other event";
const nonsense = "filters: invalid options are rejected synchronously";

/** Returns a subscription class that changes the arguments of `subscribe`. */
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
    "compares a prefix with the whole actor id",
    ["filters: actorIdPrefix selects events by the beginning of the actor id"],
    asking(({ actorIdPrefix, ...request }) =>
      actorIdPrefix === undefined ? request : { ...request, actorId: actorIdPrefix },
    ),
  ),
  subscriptionMutant(
    "looks for the prefix anywhere in the actor id",
    ["filters: actorIdPrefix selects events by the beginning of the actor id"],
    asking(({ actorIdPrefix, ...request }) =>
      actorIdPrefix === undefined ? request : { ...request, filter: ({ actorId }) => actorId.includes(actorIdPrefix) },
    ),
  ),
  subscriptionMutant(
    "ignores the predicate",
    ["filters: filter selects events by a predicate", all],
    asking(without("filter")),
  ),
  subscriptionMutant(
    "applies only the first filter that is given",
    [all],
    asking((request) => (request.eventTypes === undefined ? request : without("actorIdPrefix", "filter")(request))),
  ),
  subscriptionMutant(
    "filters after the buffer",
    ["filters: filters apply before the buffer: other events take no space in the buffer and do not count as dropped"],
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
    "reads the caller's options when an event arrives",
    ["filters: filters are copied when subscribe is called"],
    class extends ReferenceBus {
      protected override request(request: SubscribeRequest): SubscribeRequest {
        return request;
      }
    },
  ),
  busMutant(
    "reads the caller's options again for each event",
    [copied],
    class extends ReferenceBus {
      override subscribe(pattern: string, second?: unknown, third?: unknown): ReferenceSubscription {
        this.#options = (typeof second === "function" ? third : second) ?? {};
        return super.subscribe(pattern, second, third);
      }
      #options: object = {};
      protected override request(request: SubscribeRequest): SubscribeRequest {
        const options = this.#options;
        const live: ProxyHandler<SubscribeRequest> = {
          get: (target, key): unknown => Reflect.get(options, key) ?? Reflect.get(target, key),
        };
        return new Proxy(request, live);
      }
    },
  ),
  ...(["bufferSize", "overflow", "signal", "onError", "actorId", "filter"] as const).map((option) =>
    busMutant(
      `reads the option ${option} again when it needs it`,
      [copied],
      class extends ReferenceBus {
        override subscribe(pattern: string, second?: unknown, third?: unknown): ReferenceSubscription {
          this.#options = (typeof second === "function" ? third : second) ?? {};
          return super.subscribe(pattern, second, third);
        }
        #options: object = {};
        protected override newSubscription(request: SubscribeRequest): ReferenceSubscription {
          const options = this.#options as SubscribeRequest;
          if (option === "signal") {
            setImmediate(() => options.signal?.addEventListener("abort", () => void subscription.unsubscribe()));
          }
          const read = (): unknown => options[option] ?? request[option];
          const live = Object.defineProperty({ ...request }, option, { get: read });
          const subscription = super.newSubscription(option === "signal" ? request : live);
          return subscription;
        }
      },
    ),
  ),
  busMutant(
    "writes its defaults into the caller's options",
    [copied],
    class extends ReferenceBus {
      override subscribe(pattern: string, second?: unknown, third?: unknown): ReferenceSubscription {
        const options = typeof second === "function" ? third : second;
        if (typeof options === "object" && options !== null && !Object.isFrozen(options)) {
          Object.assign(options, { queue: "default" });
        }
        return super.subscribe(pattern, second, third);
      }
    },
  ),
  subscriptionMutant(
    "calls the predicate for events of other types",
    [asked],
    class extends ReferenceSubscription {
      protected override wants(event: Event): boolean {
        const { filter } = this.request;
        if (filter !== undefined && !filter(event)) return false;
        const { eventTypes, actorId, actorIdPrefix } = this.request;
        if (eventTypes !== undefined && !eventTypes.includes(event.eventType)) return false;
        return event.actorId === (actorId ?? event.actorId) && event.actorId.startsWith(actorIdPrefix ?? "");
      }
    },
  ),
  subscriptionMutant(
    "calls the predicate again when the event is delivered",
    [asked],
    class extends ReferenceSubscription {
      override offer(event: Event): void {
        if (super.wants(event)) super.offer(event);
      }
    },
  ),
  subscriptionMutant(
    "does not catch the error of a predicate",
    ["filters: if a filter throws, only its own subscription skips the event, and that subscription continues"],
    class extends ReferenceSubscription {
      protected override wants(event: Event): boolean {
        const { filter } = this.request;
        return filter === undefined ? super.wants(event) : filter(event);
      }
    },
  ),
  subscriptionMutant(
    "ends a subscription whose predicate throws",
    ["filters: if a filter throws, only its own subscription skips the event, and that subscription continues"],
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
    "corrects invalid options silently",
    [nonsense],
    class extends ReferenceBus {
      protected override checkOptions(options: unknown): HandlerOptions {
        const { bufferSize, ...others } = (options ?? {}) as HandlerOptions;
        return super.checkOptions({ ...others, bufferSize: Math.max(1, Math.trunc(bufferSize ?? 1_024)) });
      }
    },
  ),
];
