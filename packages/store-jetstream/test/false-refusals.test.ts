import type { NatsMessage } from "@aether/nats";
import { expect, test } from "vitest";
import { clients } from "./support/clients.ts";
import { event, readAll } from "./support/feed.ts";
import { LossyConnection } from "./support/lossy-connection.ts";
import { onOneServer } from "./support/open-stores.ts";

const server = onOneServer();

/** nats-server's answer to a request whose first message exceeds the maximum size of the request. */
const refusal = (message: NatsMessage): NatsMessage => ({
  subject: message.subject,
  data: new Uint8Array(),
  reply: "",
  headers: {
    code: 409,
    description: "Message Size Exceeds MaxBytes",
    get: (name: string) => (name === "Nats-Pending-Messages" ? "4000" : ""),
  } as unknown as NonNullable<NatsMessage["headers"]>,
});

test.each(clients)(
  "a small message that the server refuses as too large is read again, through $client",
  async (client) => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, {}, connection);
    const versions = Array.from({ length: 200 }, (_, index) => index + 1);
    for (const version of versions) await store.saveEvent(event("a", version));
    /** Names of the consumers that have delivered messages. */
    const consumers = new Set<string>();
    connection.rewrite = (message) => {
      const [prefix, kind, , consumer = ""] = (message.reply ?? "").split(".");
      if (prefix !== "$JS" || kind !== "ACK" || message.data.length === 0) return message;
      consumers.add(consumer);
      return consumers.size === 1 ? refusal(message) : message;
    };
    expect((await store.getEvents("a")).map(({ version }) => version)).toEqual(versions);
    expect(consumers.size).toBe(2);
    consumers.clear();
    expect((await readAll(store)).names).toEqual(versions.map((version) => `a@${version}`));
    expect(consumers.size).toBe(2);
  },
);
