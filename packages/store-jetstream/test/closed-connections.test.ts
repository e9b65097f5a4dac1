import { describe, expect, test } from "vitest";
import { clients } from "./support/clients.ts";
import { onOneServer } from "./support/open-stores.ts";

const server = onOneServer();
const ACK_TIMEOUT_MS = 10_000;
const event = (version: number) => ({ actorId: "a-1", version, eventType: "Tested", data: {} });

describe.each(clients)("a connection that the application has closed, through $client", (client) => {
  test("ends reads at once, with the reason", async () => {
    const connection = await server.connect(client);
    const store = await server.open(client, { ackTimeoutMs: ACK_TIMEOUT_MS }, connection);
    await store.saveEvents(Array.from({ length: 300 }, (_, index) => event(index + 1)));
    await connection.close();
    const closed = { code: "AETHER_STORE_UNAVAILABLE", message: expect.stringContaining("the connection was closed") };
    const began = performance.now();
    await expect(store.getEvents("a-1")).rejects.toMatchObject(closed);
    await expect(store.getEvents("a-2")).rejects.toMatchObject(closed);
    await expect(store.readEvents("a-1")[Symbol.asyncIterator]().next()).rejects.toMatchObject(closed);
    expect(performance.now() - began).toBeLessThan(ACK_TIMEOUT_MS / 2);
  });
});
