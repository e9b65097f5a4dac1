import { describe, expect, test } from "vitest";
import { clients } from "./support/clients.ts";
import { onOneServer } from "./support/open-stores.ts";

const EVENTS = 300; // enough for a read with a consumer

describe.each(clients)("with $client", ({ client, connect }) => {
  const server = onOneServer();

  test("a store works on a connection with the option noEcho, because only the server answers it", async () => {
    const quiet = { client, connect: (options: { readonly servers: string }) => connect({ ...options, noEcho: true }) };
    const store = await server.open(quiet, { streamRetention: 86_400_000 });
    const event = (version: number) => ({ actorId: "a", version, eventType: "Tested", data: {} });
    await store.saveEvent(event(1));
    await store.saveEvents([event(2), event(3)]);
    await Promise.all(Array.from({ length: EVENTS - 3 }, (_, index) => store.saveEvent(event(index + 4))));
    await store.saveSnapshot({ actorId: "a", version: 5, state: { total: 5 } });
    await expect(store.saveEvent(event(3))).rejects.toMatchObject({ code: "AETHER_VERSION_CONFLICT" });
    expect(await store.getLatestVersion("a")).toBe(EVENTS);
    expect(await store.getEvents("a")).toHaveLength(EVENTS);
    expect(await store.getEvents("a", EVENTS)).toHaveLength(1);
    expect(await store.load("a")).toMatchObject({ snapshot: { version: 5 } });
    const versions: number[] = [];
    for await (const { version } of store.readEvents("a", { direction: "backward", limit: 3 })) versions.push(version);
    expect(versions).toEqual([EVENTS, EVENTS - 1, EVENTS - 2]);
  });
});
