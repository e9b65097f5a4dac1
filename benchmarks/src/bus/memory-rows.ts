import { EventEmitter } from "node:events";
import type { Event } from "@aether/core";
import { MemoryEventBus } from "@aether/eventbus-memory";
import type { Comparison, Side } from "../measure.ts";
import { frozenEvent } from "../sample-event.ts";
import type { Sizes } from "../suite.ts";
import { HandWrittenQueue } from "./hand-written-queue.ts";

/** Number of events published at once. Smaller than a subscription's buffer, so that no event is dropped. */
const BURST = 512;

const namespace = "orders.eu";

/** The in-memory bus, compared with code that passes events on without checking them. */
export function memoryRows(sizes: Sizes): readonly Comparison[] {
  return [...[1, 10, 100].map((handlers) => handlerRow(handlers, sizes)), newEventRow(sizes), iteratorRow(sizes)];
}

function handlerRow(handlers: number, { quick, repetitions }: Sizes): Comparison {
  const count = Math.round((quick ? 500_000 : 20_000_000) / (handlers + 4));
  const event = frozenEvent("order-1", 1);
  const bus = new MemoryEventBus();
  const emitter = new EventEmitter();
  emitter.setMaxListeners(handlers);
  let received = 0;
  for (let handler = 0; handler < handlers; handler++) {
    bus.subscribe(namespace, () => void received++);
    emitter.on(namespace, () => void received++);
  }
  const side = (publish: () => unknown): Side => ({
    run: async () => {
      received = 0;
      for (let index = 0; index < count; index++) publish();
      if (received !== count * handlers) throw new Error(`${received} events were received, not ${count * handlers}`);
      return count;
    },
  });
  return {
    name: `publish to ${handlers} handler${handlers === 1 ? "" : "s"}, the same event each time`,
    against: "EventEmitter",
    unit: "events/s",
    goal: 0.5,
    repetitions,
    ours: side(() => bus.publish(namespace, event)),
    baseline: side(() => emitter.emit(namespace, event)),
  };
}

/** The cost of checking an event. A bus checks a frozen event when the event is published for the first time. */
function newEventRow({ quick, repetitions }: Sizes): Comparison {
  const count = quick ? 10_000 : 100_000;
  const bus = new MemoryEventBus();
  const emitter = new EventEmitter();
  let received = 0;
  bus.subscribe(namespace, () => void received++);
  emitter.on(namespace, () => void received++);
  const side = (publish: (event: Event) => unknown): Side => {
    let events: readonly Event[] = [];
    return {
      prepare: () => {
        events = Array.from({ length: count }, (_, index) => frozenEvent("order-1", index + 1));
      },
      run: async () => {
        received = 0;
        for (const event of events) publish(event);
        return received;
      },
    };
  };
  return {
    name: "publish to 1 handler, a new event each time, which the bus checks",
    against: "EventEmitter, which checks nothing",
    unit: "events/s",
    repetitions,
    ours: side((event) => bus.publish(namespace, event)),
    baseline: side((event) => emitter.emit(namespace, event)),
  };
}

function iteratorRow({ quick, repetitions }: Sizes): Comparison {
  const count = quick ? 100 * BURST : 4_000 * BURST;
  const event = frozenEvent("order-1", 1);
  const side = (open: () => { publish(): unknown; events: AsyncIterable<Event> }): Side => ({
    run: async () => {
      const { publish, events } = open();
      const consumed = consume(events, count);
      for (let published = 0; published < count; published += BURST) {
        for (let index = 0; index < BURST; index++) publish();
        await new Promise((resolve) => setImmediate(resolve));
      }
      await consumed;
      return count;
    },
  });
  return {
    name: "publish to an iterator",
    against: "a hand-written queue",
    unit: "events/s",
    goal: 0.45,
    repetitions,
    ours: side(() => {
      const bus = new MemoryEventBus();
      return { events: bus.subscribe(namespace), publish: () => bus.publish(namespace, event) };
    }),
    baseline: side(() => {
      const queue = new HandWrittenQueue<Event>();
      return { events: queue, publish: () => queue.push(event) };
    }),
  };
}

async function consume(events: AsyncIterable<Event>, count: number): Promise<void> {
  let left = count;
  for await (const event of events) {
    if (event.version === 0) throw new Error("received an event with version 0");
    if (--left === 0) return;
  }
}
