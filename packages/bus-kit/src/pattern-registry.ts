import type { SubscriberList } from "./dispatcher.ts";
import type { LocalSubscription } from "./local-subscription.ts";
import { checkNamespace } from "./namespace.ts";
import { PatternIndex } from "./pattern-index.ts";

/** Maximum number of namespaces whose subscribers are cached. */
const CACHED_NAMESPACES = 4_096;

/** The subscriptions to exactly one pattern. */
export interface PatternGroup {
  /** The pattern of all subscriptions in the group. */
  readonly pattern: string;
  /** The subscriptions, in the order in which they were opened. Replaced, never modified. */
  subscribers: SubscriberList;
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
  /** Subscribers of recently used namespaces. Cleared whenever a subscription is added or removed. */
  readonly #cache = new Map<string, SubscriberList>();

  /** Adds a subscription to the group of its pattern. */
  add(subscription: LocalSubscription): PatternGroup {
    const { pattern } = subscription;
    const group = this.#groups.get(pattern) ?? this.#newGroup(pattern);
    group.subscribers = [...group.subscribers, subscription];
    this.#cache.clear();
    return group;
  }

  /** Removes a subscription from its group. Returns true if it was the last subscription to its pattern. */
  remove(subscription: LocalSubscription): boolean {
    const { pattern } = subscription;
    const group = this.#groups.get(pattern);
    if (group === undefined) return false;
    group.subscribers = group.subscribers.filter((each) => each !== subscription);
    this.#cache.clear();
    if (group.subscribers.length > 0) return false;
    this.#groups.delete(pattern);
    this.#index.delete(pattern);
    return true;
  }

  /**
   * Returns the subscriptions whose patterns match a namespace.
   *
   * @throws `AETHER_INVALID_NAMESPACE`
   */
  matching(namespace: string): SubscriberList {
    return this.#cache.get(namespace) ?? this.#find(namespace);
  }

  #newGroup(pattern: string): PatternGroup {
    const group: PatternGroup = { pattern, subscribers: [] };
    this.#groups.set(pattern, group);
    this.#index.set(pattern, group);
    return group;
  }

  #find(namespace: string): SubscriberList {
    checkNamespace(namespace);
    const subscribers = this.#index.match(namespace).flatMap((group) => group.subscribers);
    if (this.#cache.size === CACHED_NAMESPACES) this.#cache.clear();
    this.#cache.set(namespace, subscribers);
    return subscribers;
  }
}
