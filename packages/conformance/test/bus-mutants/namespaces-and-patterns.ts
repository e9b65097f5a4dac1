import { type Event, InvalidNamespaceError } from "@aether/core";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import type { ReferenceSubscription } from "../reference-bus/reference-subscription.ts";
import { checkName, type SubscribeRequest } from "../reference-bus/subscribe-request.ts";
import { type BusClass, type BusMutant, busMutant } from "./mutant.ts";

const publishing = "namespaces: an invalid namespace is rejected, and nothing is published";
const apart = "namespaces: every other text is a namespace, and different texts are different namespaces";
const rules = "patterns: * matches one token, and > at the end matches one or more";
const subscribing = "patterns: an invalid pattern is rejected synchronously, with or without a handler";
const toTheLetter = "patterns: patterns are case-sensitive, and compare whole tokens by code point";
const asOften = "patterns: a pattern can have several subscriptions, and ending one does not affect the others";

/** Returns a bus class that accepts invalid namespaces and patterns if they match the expression. */
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

/** Returns a bus class that changes namespaces and patterns before it compares them. */
function comparing(change: (name: string) => string): BusClass {
  return class extends ReferenceBus {
    protected override matches(pattern: string, namespace: string): boolean {
      return super.matches(change(pattern), change(namespace));
    }
  };
}

/** Returns a bus class that converts each pattern to a regular expression and matches namespaces with it. */
function matchingBy(expression: (pattern: string) => string): BusClass {
  return class extends ReferenceBus {
    protected override matches(pattern: string, namespace: string): boolean {
      return new RegExp(`^${expression(pattern)}$`, "u").test(namespace);
    }
  };
}

const escaped = (text: string): string => text.replace(/[\\^$+?()[\]{}|/-]/g, "\\$&");

export const nameMutants: readonly BusMutant[] = [
  busMutant("accepts wildcards in publish", [publishing], accepting(/^[*>]$|\.[*>]/)),
  busMutant("accepts any text as a namespace", [publishing, subscribing], accepting(/./)),
  busMutant("accepts white space in namespaces", [publishing, subscribing], accepting(/^[\w.\t ]* [\w.\t ]*$/)),
  busMutant("accepts control characters in namespaces", [publishing, subscribing], accepting(/^a[\p{Cc}]$/u)),
  busMutant("accepts empty tokens", [publishing, subscribing], accepting(/^[\w.]*$/)),
  busMutant("accepts namespaces of any length", [publishing, subscribing], accepting(/^(x{256,}|é{128,})$/)),
  busMutant("accepts lone surrogates", [publishing, subscribing], accepting(/\p{Cs}/u)),
  busMutant(
    "converts other values to text",
    [publishing, subscribing],
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
    "publishes before it checks the namespace",
    [publishing],
    class extends ReferenceBus {
      override async publish(namespace: string, event: Event): Promise<void> {
        if (namespace === "a..b") this.deliver("a.b", this.prepare(event), "local");
        await super.publish(namespace, event);
      }
    },
  ),
  busMutant(
    "replaces special characters in namespaces",
    [apart],
    comparing((name) => name.replace(/[^\w.*>-]/g, "_")),
  ),
  busMutant(
    "compares namespaces without case",
    [apart, toTheLetter],
    comparing((name) => name.toLowerCase()),
  ),
  busMutant(
    "normalises Unicode in namespaces",
    [apart],
    comparing((name) => name.normalize("NFKC")),
  ),
  busMutant(
    "rejects namespaces that it reserves for itself",
    [apart],
    class extends ReferenceBus {
      protected override checkPattern(pattern: string): void {
        if (/^[$_]/.test(pattern)) throw new InvalidNamespaceError({ namespace: pattern, reason: "is reserved" });
        super.checkPattern(pattern);
      }
    },
  ),
  busMutant(
    "lets > match zero tokens",
    [rules],
    class extends ReferenceBus {
      protected override matches(pattern: string, namespace: string): boolean {
        return super.matches(pattern, namespace) || pattern === `${namespace}.>`;
      }
    },
  ),
  busMutant(
    "compares the first ten tokens only",
    ["patterns: every token of a long pattern is compared"],
    class extends ReferenceBus {
      protected override matches(pattern: string, namespace: string): boolean {
        const [wanted, tokens] = [pattern, namespace].map((text) => text.split("."));
        if (wanted === undefined || tokens === undefined || wanted.length !== tokens.length || wanted.at(-1) === ">") {
          return super.matches(pattern, namespace);
        }
        return super.matches(wanted.slice(0, 10).join("."), tokens.slice(0, 10).join("."));
      }
    },
  ),
  busMutant(
    "lets * match several tokens, like a glob",
    [rules],
    matchingBy((pattern) => escaped(pattern).replaceAll(".", "\\.").replaceAll("*", ".+").replace(/>$/, ".+")),
  ),
  busMutant(
    "does not escape the dot in a regular expression",
    [apart],
    matchingBy((pattern) => escaped(pattern).replaceAll("*", "[^.]+").replace(/>$/, ".+")),
  ),
  busMutant(
    "delivers an event to the first matching pattern only",
    [rules, "handlers: handlers and loops do not take events from each other"],
    class extends ReferenceBus {
      protected override recipients(namespace: string, from: "local" | "remote"): Iterable<ReferenceSubscription> {
        return [...super.recipients(namespace, from)].slice(0, 1);
      }
    },
  ),
  busMutant(
    "accepts > in the middle of a pattern",
    [subscribing],
    class extends ReferenceBus {
      protected override checkPattern(pattern: string): void {
        checkName(typeof pattern === "string" ? pattern.replaceAll(">", "*") : pattern, true);
      }
    },
  ),
  busMutant(
    "ends all subscriptions to a pattern when one ends",
    [asOften],
    class extends ReferenceBus {
      protected override forget(subscription: ReferenceSubscription): void {
        super.forget(subscription);
        for (const each of this.subscriptions) if (each.pattern === subscription.pattern) each.end({});
      }
    },
  ),
  busMutant(
    "shares one subscription per pattern, and does not subscribe again after that subscription has ended",
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
