import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { newPrefix, onOneServer } from "./support/bus-server.ts";
import { clients } from "./support/clients.ts";
import { eventOf } from "./support/events.ts";

const CALLS = 50;

describe.each(clients)("with $client", (client) => {
  const server = onOneServer();

  test("any number of calls share one listener of their signal, and leave none", async () => {
    const { bus } = await server.open(client, { prefix: newPrefix() });
    const stopping = new AbortController();
    const { signal } = stopping;
    const names = Array.from({ length: CALLS }, (_, index) => `namespace-${index}`);
    const loops = names.map((name) => bus.subscribe(name, { signal }));
    const handled: number[] = [];
    for (const name of names) bus.subscribe(name, ({ version }) => void handled.push(version), { signal });
    for (const name of names) bus.subscribe(name, () => {}, { signal, queueGroup: "group" });
    const published = names.map((name, index) => bus.publish(name, eventOf(index + 1), { signal }));
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    await Promise.all(published);
    expect(handled).toHaveLength(CALLS);
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    const reason = new Error("stopping");
    stopping.abort(reason);
    expect(bus.subscriberCount()).toBe(0);
    const ended = await Promise.allSettled(loops.map((loop) => loop[Symbol.asyncIterator]().next()));
    expect(ended).toEqual(names.map(() => ({ status: "rejected", reason })));
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
