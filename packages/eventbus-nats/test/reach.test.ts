import fc from "fast-check";
import { expect, test } from "vitest";
import { newPrefix, onOneServer } from "./support/bus-server.ts";
import { clients } from "./support/clients.ts";
import { eventOf } from "./support/events.ts";

const server = onOneServer();

const hostile = fc.constantFrom(
  ...["$SYS.REQ.SERVER.PING", "$JS.API.STREAM.NAMES", "_INBOX.x", "_R_.x", "aether.events.a", "..", ".>", "*.>", ">"],
  ...["a\r\nPUB elsewhere 1\r\nx\r\n", "a 1\r\n", "a\t", "\u0000", "=2E", "é", "💥", "\ud800", "a.b", "*"],
);
const texts = fc
  .array(fc.oneof(hostile, fc.string({ unit: "binary", maxLength: 8 })), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join(""));

test.each(clients)("no string publishes or receives anything outside the prefix, through $client", async (client) => {
  const prefix = newPrefix();
  const { bus, connection } = await server.open(client, { prefix });
  const outside = await server.connect(client);
  const [seen, rejected]: [Set<string>, unknown[]] = [new Set(), []];
  // Other programs may use the server too. The messages of this bus are recognized by a unique id.
  const mine = eventOf(1, { id: prefix });
  outside.subscribe(">", {
    callback: (_, { subject, data }) => {
      if (new TextDecoder().decode(data).includes(prefix)) seen.add(subject);
    },
  });
  await outside.flush();
  const received: string[] = [];
  const tried = fc.sample(texts, 500);
  for (const text of tried) {
    await bus.publish(text, mine).catch((error: unknown) => rejected.push(error));
    try {
      bus.subscribe(text, ({ eventType }) => void received.push(eventType), { filter: ({ id }) => id === "outside" });
    } catch (error) {
      rejected.push(error);
    }
  }
  await connection.flush();
  await outside.flush();
  for (const error of rejected) expect(error).toMatchObject({ code: "AETHER_INVALID_NAMESPACE" });
  expect(rejected.length).toBeLessThan(2 * tried.length);
  expect([...seen].filter((subject) => !subject.startsWith(`${prefix}.`))).toEqual([]);
  expect(seen.size).toBeGreaterThan(0);
  // Messages outside the prefix do not reach the bus, whatever it has subscribed to.
  const payload = new TextEncoder().encode(JSON.stringify(eventOf(1, { id: "outside" })));
  const sibling = `${prefix}x`;
  const elsewhere = [prefix, `${sibling}.a`, `_INBOX.${sibling}`, `test.${sibling}.a`];
  for (const subject of elsewhere) outside.publish(subject, payload);
  await outside.flush();
  await connection.flush();
  expect(received).toEqual([]);
  expect(connection.isClosed()).toBe(false);
});
