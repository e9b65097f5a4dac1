import { describe, test } from "vitest";
import { busCases } from "../../eventbus-memory/test/support/bus-contract.ts";
import { newPrefix, onOneServer } from "./support/bus-server.ts";
import { clients } from "./support/clients.ts";

const server = onOneServer();

describe.each(clients)("NatsEventBus through $client keeps the contract of event buses", (client) => {
  describe("alone", () => {
    for (const { theme, name, run } of busCases) {
      test(`${theme}: ${name}`, async () => {
        const { bus } = await server.open(client, { prefix: newPrefix() });
        await run({ publisher: bus, subscriber: bus, settle: async () => {} });
      });
    }
  });

  describe("towards another connection", () => {
    for (const { theme, name, run } of busCases) {
      test(`${theme}: ${name}`, async () => {
        const prefix = newPrefix();
        const [{ bus: publisher }, { bus: subscriber, connection }] = [
          await server.open(client, { prefix }),
          await server.open(client, { prefix }),
        ];
        // The server answers the subscriber's ping behind all messages that the publisher's was answered behind.
        await run({ publisher, subscriber, settle: () => connection.flush() });
      });
    }
  });
});
