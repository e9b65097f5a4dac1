import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { clients } from "./support/clients.ts";
import { onOneServer } from "./support/open-stores.ts";

const CALLS = 50;

describe.each(clients)("with $client", (client) => {
  const server = onOneServer();

  test("any number of calls share one listener of their signal, and leave none", async () => {
    const store = await server.open(client);
    const { signal } = new AbortController();
    let mostListeners = 0;
    const add = signal.addEventListener.bind(signal);
    signal.addEventListener = (...listener: Parameters<typeof add>): void => {
      add(...listener);
      mostListeners = Math.max(mostListeners, getEventListeners(signal, "abort").length);
    };
    const options = { signal };
    const actors = Array.from({ length: CALLS }, (_, index) => `actor-${index}`);
    const all = (call: (actorId: string) => Promise<unknown>): Promise<unknown> => Promise.all(actors.map(call));
    const event = (actorId: string, version: number) => ({ actorId, version, eventType: "Tested", data: {} });

    await all((actorId) => store.saveEvent(event(actorId, 1), options));
    await all((actorId) => store.saveEvents([event(actorId, 2), event(actorId, 3)], options));
    await all((actorId) => store.saveSnapshot({ actorId, version: 3, state: {} }, options));
    await Promise.all([
      all((actorId) => store.getEvents(actorId, 0, options)),
      all((actorId) => store.getEventsWithErrors(actorId, 0, options)),
      all((actorId) => store.getLatestVersion(actorId, options)),
      all((actorId) => store.getLatestSnapshot(actorId, options)),
      all((actorId) => store.load(actorId, options)),
      all(async (actorId) => {
        for await (const { version } of store.readEvents(actorId, options)) if (version === 2) break;
      }),
    ]);
    expect(mostListeners).toBe(1);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("the abort of a shared signal ends every call", async () => {
    const store = await server.open(client);
    const stopping = new AbortController();
    const reason = new Error("stopping");
    const calls = Array.from({ length: CALLS }, (_, index) =>
      store.getEvents(`actor-${index}`, 0, { signal: stopping.signal }),
    );
    stopping.abort(reason);
    const settled = await Promise.allSettled(calls);
    expect(settled).toEqual(Array.from({ length: CALLS }, () => ({ status: "rejected", reason })));
    expect(getEventListeners(stopping.signal, "abort")).toEqual([]);
  });
});
