import type { SubscriberList } from "./dispatcher.ts";
import type { LocalSubscription } from "./local-subscription.ts";
import { checkNamespace } from "./namespace.ts";
import { PatternIndex } from "./pattern-index.ts";

/** How many namespaces' subscribers are remembered. */
const REMEMBERED_NAMESPACES = 4_096;

/** Everyone who subscribed to exactly this pattern. */
export class PatternGroup {
  /** What all of them subscribed to. */
  readonly pattern: string;
  /** Who subscribed, in that order. */
  subscribers: SubscriberList = [];

  constructor(pattern: string) {
    this.pattern = pattern;
  }
}

/**
 * Finds the subscriptions that match a namespace.
 *
 * @example
 * ```ts
 * const registry = new PatternRegistry();
 * const subscription = hub.open(readSubscribeArguments("orders.*", {}), registry); // adds it
 * registry.matching("orders.eu"); // [subscription]
 * ```
 */
export class PatternRegistry {
  readonly #groups = new Map<string, PatternGroup>();
  readonly #index = new PatternIndex<PatternGroup>();
  /** What was found for the namespaces that were asked for lately. Any change empties it. */
  readonly #found = new Map<string, SubscriberList>();

  /** Adds a subscription to the group of its pattern. */
  add(subscription: LocalSubscription): PatternGroup {
    const { pattern } = subscription;
    const group = this.#groups.get(pattern) ?? this.#newGroup(pattern);
    group.subscribers = [...group.subscribers, subscription];
    this.#found.clear();
    return group;
  }

  /** Removes a subscription from its group. Returns whether it was the last one of its pattern. */
  remove(subscription: LocalSubscription): boolean {
    const { pattern } = subscription;
    const group = this.#groups.get(pattern);
    if (group === undefined) return false;
    group.subscribers = group.subscribers.filter((each) => each !== subscription);
    this.#found.clear();
    if (group.subscribers.length > 0) return false;
    this.#groups.delete(pattern);
    this.#index.delete(pattern);
    return true;
  }

  /**
   * The subscriptions whose patterns match a namespace.
   *
   * @throws `AETHER_INVALID_NAMESPACE`
   */
  matching(namespace: string): SubscriberList {
    return this.#found.get(namespace) ?? this.#find(namespace);
  }

  #newGroup(pattern: string): PatternGroup {
    const group = new PatternGroup(pattern);
    this.#groups.set(pattern, group);
    this.#index.set(pattern, group);
    return group;
  }

  #find(namespace: string): SubscriberList {
    checkNamespace(namespace);
    const subscribers = this.#index.match(namespace).flatMap((group) => group.subscribers);
    if (this.#found.size === REMEMBERED_NAMESPACES) this.#found.clear();
    this.#found.set(namespace, subscribers);
    return subscribers;
  }
}
