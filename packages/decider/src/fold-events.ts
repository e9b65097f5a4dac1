import type { Event } from "@aether/core";
import { type Command, type Decider, initialStateOf } from "./decider.ts";
import { Rules } from "./rules.ts";

/**
 * Returns the state of an actor after some of its events: a state in the past, or one to show with its history.
 *
 * @param events - events of one actor, in version order
 * @param from - state before the first event; the initial state by default
 * @throws `AETHER_UNKNOWN_EVENT` if the decider has no function for an event
 *
 * @example
 * ```ts
 * const events = await store.getEvents("order-1");
 * const before = foldEvents(orders, events.slice(0, -1));
 * ```
 */
export function foldEvents<E extends Stored, C extends Command, State, Stored extends Event = E>(
  decider: Decider<E, C, State>,
  events: readonly Stored[],
  from: NoInfer<State> = initialStateOf(decider),
): State {
  const rules = new Rules(decider);
  return events.reduce<State>((state, event) => rules.evolve(state, event as Event as E), from);
}
