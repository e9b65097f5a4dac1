import type { Event } from "@aether/core";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import { ReferenceSubscription } from "../reference-bus/reference-subscription.ts";
import type { SubscribeRequest } from "../reference-bus/subscribe-request.ts";
import { type BusMutant, busMutant, type SubscriptionClass, subscriptionMutant } from "./mutant.ts";

const types = "filters: eventTypes compares types character by character";
const ids = "filters: actorId compares ids character by character";
const prefixes = "filters: actorIdPrefix compares the beginning character by character";
const lists = "filters: eventTypes may list a type twice, and may list many types";
const defaults = "filters: an option that is undefined has its default";
const frozen = "filters: filter gets deeply frozen events";
const ended = "filters: a subscription that its filter ends gets no more events, not even the current one";

/** Returns a class of subscriptions that filter events that are changed before. */
function filtering(change: (event: Event, request: SubscribeRequest) => Partial<Event>): SubscriptionClass {
  return class extends ReferenceSubscription {
    protected override wants(event: Event): boolean {
      return super.wants({ ...event, ...change(event, this.request) });
    }
  };
}

const alike = (fold: (text: string) => string) => (text: string, wanted: string | undefined) =>
  wanted !== undefined && fold(text) === fold(wanted) ? wanted : text;
const trimmed = alike((text) => text.trim());
const normalised = alike((text) => text.normalize("NFKC"));

export const exactFilterMutants: readonly BusMutant[] = [
  subscriptionMutant(
    "compares types by their beginning",
    [types],
    filtering(({ eventType }, { eventTypes }) => ({
      eventType: eventTypes?.find((each) => eventType.startsWith(each)) ?? eventType,
    })),
  ),
  subscriptionMutant(
    "compares normalised types",
    [types],
    filtering(({ eventType }, { eventTypes }) => ({ eventType: normalised(eventType, eventTypes?.[0]) })),
  ),
  subscriptionMutant(
    "compares actor ids without spaces around them",
    [ids],
    filtering(({ actorId }, { actorId: wanted }) => ({ actorId: trimmed(actorId, wanted) })),
  ),
  subscriptionMutant(
    "takes an actor id for a regular expression",
    [ids],
    filtering(({ actorId }, { actorId: wanted }) => ({
      actorId: wanted === "a.b" && /^a.b$/.test(actorId) ? wanted : actorId,
    })),
  ),
  subscriptionMutant(
    "takes * in a prefix for a wildcard",
    [prefixes],
    filtering(({ actorId }, { actorIdPrefix: prefix }) => ({
      actorId: prefix?.endsWith("*") && actorId.startsWith(prefix.slice(0, -1)) ? prefix : actorId,
    })),
  ),
  subscriptionMutant(
    "compares prefixes without case",
    [prefixes],
    filtering(({ actorId }, { actorIdPrefix: prefix }) => ({
      actorId: prefix && actorId.toLowerCase().startsWith(prefix.toLowerCase()) ? prefix : actorId,
    })),
  ),
  subscriptionMutant(
    "delivers an event once for each time that its type is listed",
    [lists],
    class extends ReferenceSubscription {
      override offer(event: Event): void {
        const { eventTypes = [event.eventType] } = this.request;
        for (const each of eventTypes) if (each === event.eventType) super.offer(event);
      }
    },
  ),
  busMutant(
    "selects by at most ten types",
    [lists],
    class extends ReferenceBus {
      protected override request(request: SubscribeRequest): SubscribeRequest {
        const { eventTypes, ...rest } = super.request(request);
        return eventTypes === undefined ? rest : { ...rest, eventTypes: eventTypes.slice(0, 10) };
      }
    },
  ),
  busMutant(
    "drops the newest events if overflow is undefined",
    [defaults],
    class extends ReferenceBus {
      protected override checkOptions(options: unknown): ReturnType<ReferenceBus["checkOptions"]> {
        const checked = super.checkOptions(options);
        const isEmpty = "overflow" in checked && checked.overflow === undefined;
        return isEmpty ? { ...checked, overflow: "drop-newest" } : checked;
      }
    },
  ),
  subscriptionMutant(
    "calls the predicate with a copy that is not frozen",
    [frozen],
    class extends ReferenceSubscription {
      protected override wants(event: Event): boolean {
        return super.wants(structuredClone(event));
      }
    },
  ),
  subscriptionMutant(
    "checks only before it calls the predicate whether the subscription has ended",
    [ended],
    class extends ReferenceSubscription {
      protected override hasEnded(): boolean {
        this.running = undefined;
        return false;
      }
    },
  ),
];
