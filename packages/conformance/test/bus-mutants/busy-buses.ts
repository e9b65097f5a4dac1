import type { CallOptions, Event } from "@aether/core";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import { ReferenceSubscription } from "../reference-bus/reference-subscription.ts";
import type { SubscribeRequest } from "../reference-bus/subscribe-request.ts";
import { type BusMutant, busMutant } from "./mutant.ts";

const carried = "busy buses: a new subscription gets the events of namespaces that have already carried events";
const several = "busy buses: each of several subscriptions to a pattern gets every event once";
const bothWays =
  "busy buses: events that two buses publish to several namespaces at the same time arrive once, and in order";
const answers = "busy buses: handlers of two buses can answer each other";
const manyNamespaces = "busy buses: a bus that has carried the events of 1,200 namespaces delivers further events";
const comeAndGo =
  "busy buses: subscriptions that come and go get exactly the events that are published while they are open";

type From = "local" | "remote";

const isWild = (pattern: string): boolean => /[*>]/.test(pattern);

/** Remembers the patterns that match a namespace. Forgets them as the subclass decides. */
abstract class Caching extends ReferenceBus {
  protected readonly cache = new Map<string, ReadonlySet<string>>();
  protected abstract onSubscribe(pattern: string): void;
  protected override open(request: SubscribeRequest): ReferenceSubscription {
    this.onSubscribe(request.pattern);
    return super.open(request);
  }
  protected override recipients(namespace: string, from: From): Iterable<ReferenceSubscription> {
    const matching = [...super.recipients(namespace, from)];
    const known = this.cache.get(namespace) ?? new Set(matching.map(({ pattern }) => pattern));
    this.cache.set(namespace, known);
    return matching.filter(({ pattern }) => known.has(pattern));
  }
}

export const busyBusMutants: readonly BusMutant[] = [
  busMutant(
    "does not deliver to a wildcard the events of a namespace to which events were published before",
    [carried, comeAndGo],
    class extends Caching {
      protected override onSubscribe(pattern: string): void {
        if (!isWild(pattern)) this.cache.delete(pattern);
      }
    },
  ),
  busMutant(
    "does not deliver to a new subscription the events of a namespace to which events were published before",
    [carried],
    class extends Caching {
      protected override onSubscribe(): void {}
    },
  ),
  busMutant(
    "does not deliver the events of a namespace that had no subscriber once",
    [carried, comeAndGo],
    class extends ReferenceBus {
      readonly #lonely = new Set<string>();
      protected override recipients(namespace: string, from: From): Iterable<ReferenceSubscription> {
        const all = [...super.recipients(namespace, from)];
        if (all.length === 0) this.#lonely.add(namespace);
        return this.#lonely.has(namespace) ? [] : all;
      }
    },
  ),
  busMutant(
    "delivers the buffered events of a subscription that has ended to the next one with the same pattern",
    [comeAndGo],
    class extends ReferenceBus {
      readonly #left = new Map<string, readonly Event[]>();
      protected override newSubscription(request: SubscribeRequest): ReferenceSubscription {
        const keep = (events: readonly Event[]): void => void this.#left.set(request.pattern, events);
        const subscription = new (class extends ReferenceSubscription {
          protected override discard(): void {
            if (this.waiting.length > 0) keep(this.waiting);
            super.discard();
          }
        })(request, (ended) => this.forget(ended));
        for (const event of this.#left.get(request.pattern) ?? []) subscription.offer(event);
        this.#left.delete(request.pattern);
        return subscription;
      }
    },
  ),
  busMutant(
    "delivers an event once for each subscription to the same pattern",
    [several, comeAndGo],
    class extends ReferenceBus {
      protected override recipients(namespace: string, from: From): Iterable<ReferenceSubscription> {
        const all = [...super.recipients(namespace, from)];
        return all.flatMap(({ pattern }) => all.filter((each) => each.pattern === pattern));
      }
    },
  ),
  busMutant(
    "delivers only to the newest subscription to a pattern",
    [several],
    class extends ReferenceBus {
      protected override recipients(namespace: string, from: From): Iterable<ReferenceSubscription> {
        return new Map([...super.recipients(namespace, from)].map((each) => [each.pattern, each])).values();
      }
    },
  ),
  busMutant(
    "delivers the events of other buses only to the first subscription to a pattern",
    [several],
    class extends ReferenceBus {
      protected override recipients(namespace: string, from: From): Iterable<ReferenceSubscription> {
        const all = [...super.recipients(namespace, from)];
        const first = (each: ReferenceSubscription, at: number): boolean =>
          all.findIndex(({ pattern }) => pattern === each.pattern) === at;
        return from === "local" ? all : all.filter(first);
      }
    },
  ),
  busMutant(
    "returns the same subscription for the same pattern",
    [several, comeAndGo],
    class extends ReferenceBus {
      protected override open(request: SubscribeRequest): ReferenceSubscription {
        const isSame = (each: ReferenceSubscription): boolean => each.pattern === request.pattern;
        const existing = request.handler === undefined ? [...this.subscriptions].find(isSame) : undefined;
        return existing ?? super.open(request);
      }
    },
  ),
  busMutant(
    "ignores the events of other buses in a namespace to which it publishes itself",
    [bothWays],
    class extends ReferenceBus {
      readonly #own = new Set<string>();
      override async publish(namespace: string, event: Event, options?: CallOptions): Promise<void> {
        this.#own.add(namespace);
        await super.publish(namespace, event, options);
      }
      override receive(namespace: string, text: string): void {
        if (!this.#own.has(namespace)) super.receive(namespace, text);
      }
    },
  ),
  busMutant(
    "recognises its own events by their number, and ignores those of other buses with the same number",
    [bothWays],
    class extends ReferenceBus {
      readonly #own = new Set<string>();
      override async publish(namespace: string, event: Event, options?: CallOptions): Promise<void> {
        this.#own.add(`${namespace} ${event?.version}`);
        await super.publish(namespace, event, options);
      }
      override receive(namespace: string, text: string): void {
        const { version } = JSON.parse(text.slice(text.indexOf(" ") + 1)) as Event;
        if (!this.#own.has(`${namespace} ${version}`)) super.receive(namespace, text);
      }
    },
  ),
  busMutant(
    "drops an event of another bus with an id that it has delivered in this namespace",
    [bothWays],
    class extends ReferenceBus {
      readonly #seen = new Set<string>();
      protected override deliver(namespace: string, event: Event, from: From): void {
        const key = `${namespace} ${event.id}`;
        if (from === "local" || !this.#seen.has(key)) super.deliver(namespace, event, from);
        this.#seen.add(key);
      }
    },
  ),
  busMutant(
    "delivers to the first 64 subscriptions only",
    [several],
    class extends ReferenceBus {
      protected override recipients(namespace: string, from: From): Iterable<ReferenceSubscription> {
        return [...super.recipients(namespace, from)].slice(0, 64);
      }
    },
  ),
  busMutant(
    "numbers the events of all namespaces together, and ignores the events of another namespace as repeated",
    [bothWays],
    class extends ReferenceBus {
      readonly #last = new Map<string, number>();
      override receive(namespace: string, text: string): void {
        const { version, actorId } = JSON.parse(text.slice(text.indexOf(" ") + 1)) as Event;
        if (version === this.#last.get(actorId)) return;
        this.#last.set(actorId, version);
        super.receive(namespace, text);
      }
    },
  ),
  busMutant(
    "sends the events that wait for the channel grouped by size",
    [bothWays],
    class extends ReferenceBus {
      #waiting: { readonly namespace: string; readonly event: Event; readonly done: () => void }[] = [];
      protected override send(namespace: string, event: Event): Promise<void> {
        return new Promise((resolve) => {
          this.#waiting.push({ namespace, event, done: resolve });
          if (this.#waiting.length === 1) setImmediate(() => this.#flush());
        });
      }
      #flush(): void {
        const digits = (event: Event): number => String(event.version).length;
        const batch = this.#waiting.splice(0).sort((left, right) => digits(right.event) - digits(left.event));
        for (const { namespace, event, done } of batch) void super.send(namespace, event).then(done);
      }
    },
  ),
  busMutant(
    "loses an event that a handler publishes while an event of another bus is delivered",
    [answers],
    class extends ReferenceBus {
      #isReceiving = false;
      override receive(namespace: string, text: string): void {
        this.#isReceiving = true;
        super.receive(namespace, text);
        this.#isReceiving = false;
      }
      protected override async send(namespace: string, event: Event): Promise<void> {
        if (!this.#isReceiving) await super.send(namespace, event);
      }
      protected override deliver(namespace: string, event: Event, from: From): void {
        if (from === "remote" || !this.#isReceiving) super.deliver(namespace, event, from);
      }
    },
  ),
  busMutant(
    "waits in a handler's publish until the handler has finished",
    [answers],
    class extends ReferenceBus {
      protected override async send(namespace: string, event: Event): Promise<void> {
        await super.send(namespace, event);
        await Promise.all([...this.subscriptions].map((each) => each.idle()));
      }
    },
  ),
  busMutant(
    "knows at most 1,000 namespaces",
    [manyNamespaces],
    class extends ReferenceBus {
      readonly #known = new Set<string>();
      protected override recipients(namespace: string, from: From): Iterable<ReferenceSubscription> {
        if (this.#known.size < 1_000) this.#known.add(namespace);
        return this.#known.has(namespace) ? super.recipients(namespace, from) : [];
      }
    },
  ),
  busMutant(
    "counts subscriptions that ended by an abort",
    [comeAndGo],
    class extends ReferenceBus {
      #aborted = 0;
      protected override newSubscription(request: SubscribeRequest): ReferenceSubscription {
        request.signal?.addEventListener("abort", () => this.#aborted++);
        return super.newSubscription(request);
      }
      override subscriberCount(pattern?: string): number {
        return super.subscriberCount(pattern) + (pattern === undefined ? this.#aborted : 0);
      }
    },
  ),
];
