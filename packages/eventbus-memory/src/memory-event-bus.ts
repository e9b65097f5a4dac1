import { AbstractEventBus, type BusOptions, resolveBusOptions, type SubscriptionStatus } from "@aether/bus-kit";
import type { Event } from "@aether/core";

/** Constructor options of {@link MemoryEventBus}. */
export type MemoryEventBusOptions = BusOptions<SubscriptionStatus>;

/** The promise that every successful `publish` returns. Sharing one promise saves an allocation per event. */
const sent: Promise<void> = Promise.resolve();

/**
 * An event bus inside one process.
 *
 * When `publish` returns its promise, the event is in the buffer of each matching `for await` loop and of each busy
 * handler, and every other matching handler has been called. An event that a handler publishes is delivered
 * after the current event has reached every subscription.
 *
 * @example
 * ```ts
 * const bus = new MemoryEventBus<OrderEvent>();
 * bus.subscribe("orders.>", (event) => console.log(event.eventType));
 * await bus.publish("orders.eu", event);
 * ```
 */
export class MemoryEventBus<out E extends Event = Event> extends AbstractEventBus<E> {
  /** @throws `AETHER_INVALID_ARGUMENT` */
  constructor(options: MemoryEventBusOptions = {}) {
    super(resolveBusOptions(options));
  }

  protected override send(): Promise<void> {
    this.hub.counters.published++;
    return sent;
  }
}
