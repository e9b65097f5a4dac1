import { describe, expect, test } from "vitest";
import { clients } from "./support/clients.ts";
import { LossyConnection } from "./support/lossy-connection.ts";
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
    const closed = { code: "AETHER_STORE_UNAVAILABLE", message: expect.stringContaining("the connection is closed") };
    const began = performance.now();
    await expect(store.getEvents("a-1")).rejects.toMatchObject(closed);
    await expect(store.getEvents("a-2")).rejects.toMatchObject(closed);
    await expect(store.readEvents("a-1")[Symbol.asyncIterator]().next()).rejects.toMatchObject(closed);
    expect(performance.now() - began).toBeLessThan(ACK_TIMEOUT_MS / 2);
  });

  test("rejects saves at once: nothing was sent, so nothing is stored", async () => {
    const connection = await server.connect(client);
    const store = await server.open(client, { ackTimeoutMs: ACK_TIMEOUT_MS }, connection);
    await store.saveEvent(event(1));
    await connection.close();
    const closed = { code: "AETHER_STORE_UNAVAILABLE", message: expect.stringContaining("the connection is closed") };
    for (const version of [1, 2]) {
      await expect(store.saveEvent({ ...event(version), actorId: `a-${version}` })).rejects.toMatchObject(closed);
    }
    await expect(store.saveEvent(event(2))).rejects.toMatchObject(closed);
  });

  test("ends only the read if its first chunk has to be requested again", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { ackTimeoutMs: ACK_TIMEOUT_MS }, connection);
    await store.saveEvent(event(1));
    await store.saveEvent(event(1_000)); // now there seem to be too many events for a direct get
    const requestedAgain = new Promise<void>((resolve) => {
      let chunks = 0;
      connection.outgoing = (subject) => {
        if (!subject.includes(".MSG.NEXT.")) return "pass";
        if (++chunks === 1) return "lose";
        resolve();
        throw new Error("closed connection"); // as both clients do
      };
    });
    const reading = store.getEvents("a-1");
    await requestedAgain;
    await expect(reading).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
  });
});
