import { type Event, InvalidNamespaceError } from "@aether/core";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import type { ReferenceSubscription } from "../reference-bus/reference-subscription.ts";
import { checkName, type SubscribeRequest } from "../reference-bus/subscribe-request.ts";
import { type BusClass, type BusMutant, busMutant } from "./mutant.ts";

const refused = "namespaces: an invalid namespace is rejected, and nothing is published";
const apart = "namespaces: every other text is a namespace, and different texts are different namespaces";
const rules = "patterns: * matches one token, > at the end matches one or more";
const refusedPattern = "patterns: an invalid pattern is rejected at once, with or without a handler";
const toTheLetter = "patterns: patterns compare case, code points and whole tokens";
const asOften = "patterns: a pattern can have several subscriptions, and ending one does not affect the others";

/** Accepts names that match, besides the good ones. */
function accepting(more: RegExp): BusClass {
  return class extends ReferenceBus {
    protected override checkNamespace(namespace: string): void {
      if (typeof namespace !== "string" || !more.test(namespace)) super.checkNamespace(namespace);
    }
    protected override checkPattern(pattern: string): void {
      if (typeof pattern !== "string" || !more.test(pattern)) super.checkPattern(pattern);
    }
  };
}

/** Changes names before they are compared. */
function comparing(change: (name: string) => string): BusClass {
  return class extends ReferenceBus {
    protected override matches(pattern: string, namespace: string): boolean {
      return super.matches(change(pattern), change(namespace));
    }
  };
}

/** Matches by a regular expression made of the pattern. */
function matchingBy(expression: (pattern: string) => string): BusClass {
  return class extends ReferenceBus {
    protected override matches(pattern: string, namespace: string): boolean {
      return new RegExp(`^${expression(pattern)}$`, "u").test(namespace);
    }
  };
}

const escaped = (text: string): string => text.replace(/[\\^$+?()[\]{}|/-]/g, "\\$&");

export const nameMutants: readonly BusMutant[] = [
  busMutant("publishes to wildcards", [refused], accepting(/^[*>]$|\.[*>]/)),
  busMutant("takes any text for a name", [refused, refusedPattern], accepting(/./)),
  busMutant("takes white space in names", [refused, refusedPattern], accepting(/^[\w.\t ]* [\w.\t ]*$/)),
  busMutant("takes control characters in names", [refused, refusedPattern], accepting(/^a[\p{Cc}]$/u)),
  busMutant("takes empty tokens", [refused, refusedPattern], accepting(/^[\w.]*$/)),
  busMutant("takes names of any length", [refused, refusedPattern], accepting(/^(x{256,}|é{128,})$/)),
  busMutant("takes lone surrogates", [refused, refusedPattern], accepting(/\p{Cs}/u)),
  busMutant(
    "turns what is no text into text",
    [refused, refusedPattern],
    class extends ReferenceBus {
      protected override checkNamespace(namespace: string): void {
        super.checkNamespace(`${namespace}`);
      }
      protected override checkPattern(pattern: string): void {
        super.checkPattern(`${pattern}`);
      }
      protected override matches(pattern: string, namespace: string): boolean {
        return super.matches(`${pattern}`, `${namespace}`);
      }
    },
  ),
  busMutant(
    "publishes before it has looked at the namespace",
    [refused],
    class extends ReferenceBus {
      override async publish(namespace: string, event: Event): Promise<void> {
        if (namespace === "a..b") this.deliver("a.b", this.prepare(event), "local");
        await super.publish(namespace, event);
      }
    },
  ),
  busMutant(
    "replaces what is not safe in names",
    [apart],
    comparing((name) => name.replace(/[^\w.*>-]/g, "_")),
  ),
  busMutant(
    "compares names without case",
    [apart, toTheLetter],
    comparing((name) => name.toLowerCase()),
  ),
  busMutant(
    "normalises Unicode in names",
    [apart],
    comparing((name) => name.normalize("NFKC")),
  ),
  busMutant(
    "refuses names that mean something to itself",
    [apart],
    class extends ReferenceBus {
      protected override checkPattern(pattern: string): void {
        if (/^[$_]/.test(pattern)) throw new InvalidNamespaceError({ namespace: pattern, reason: "is reserved" });
        super.checkPattern(pattern);
      }
    },
  ),
  busMutant(
    "lets > stand for no token, too",
    [rules],
    class extends ReferenceBus {
      protected override matches(pattern: string, namespace: string): boolean {
        return super.matches(pattern, namespace) || pattern === `${namespace}.>`;
      }
    },
  ),
  busMutant(
    "lets * stand for several tokens, as a glob",
    [rules],
    matchingBy((pattern) => escaped(pattern).replaceAll(".", "\\.").replaceAll("*", ".+").replace(/>$/, ".+")),
  ),
  busMutant(
    "forgets that a dot is any character to a regular expression",
    [apart],
    matchingBy((pattern) => escaped(pattern).replaceAll("*", "[^.]+").replace(/>$/, ".+")),
  ),
  busMutant(
    "gives an event to the first pattern that matches, and to no other",
    [rules, "handlers: handlers and loops do not take events from each other"],
    class extends ReferenceBus {
      protected override recipients(namespace: string, from: "local" | "remote"): Iterable<ReferenceSubscription> {
        return [...super.recipients(namespace, from)].slice(0, 1);
      }
    },
  ),
  busMutant(
    "takes > in the middle of a pattern",
    [refusedPattern],
    class extends ReferenceBus {
      protected override checkPattern(pattern: string): void {
        checkName(typeof pattern === "string" ? pattern.replaceAll(">", "*") : pattern, true);
      }
    },
  ),
  busMutant(
    "ends a pattern for all when one leaves",
    [asOften],
    class extends ReferenceBus {
      protected override forget(subscription: ReferenceSubscription): void {
        super.forget(subscription);
        for (const each of this.subscriptions) if (each.pattern === subscription.pattern) each.end({});
      }
    },
  ),
  busMutant(
    "subscribes to a pattern once for all, and does not notice when all have left",
    ["patterns: a pattern can be subscribed to again after its last subscription has ended"],
    class extends ReferenceBus {
      readonly #onServer = new Map<string, ReferenceSubscription>();
      protected override newSubscription(request: SubscribeRequest): ReferenceSubscription {
        const subscription = super.newSubscription(request);
        if (!this.#onServer.has(request.pattern)) this.#onServer.set(request.pattern, subscription);
        return subscription;
      }
      protected override recipients(namespace: string, from: "local" | "remote"): Iterable<ReferenceSubscription> {
        return [...super.recipients(namespace, from)].filter(({ pattern }) => {
          const first = this.#onServer.get(pattern);
          return first !== undefined && this.subscriptions.has(first);
        });
      }
    },
  ),
];
