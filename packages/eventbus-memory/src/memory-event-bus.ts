import { AbstractEventBus, type BusOptions, resolveBusOptions, type SubscriptionStatus } from "@aether/bus-kit";
import type { Event } from "@aether/core";

/** Constructor options of {@link MemoryEventBus}. */
export type MemoryEventBusOptions = BusOptions<SubscriptionStatus>;

/** The result of every successful `publish`. One promise for all of them saves an allocation per event. */
const sent: Promise<void> = Promise.resolve();

/**
 * An event bus inside one process.
 *
 * When `publish` returns, every matching subscription has the event: it is in the buffer of each loop and of each busy
 * handler, and every other handler has been called.
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
