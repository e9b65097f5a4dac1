import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type NatsBusStatus, NatsEventBus } from "../src/index.ts";
import { PROVIDE_TIMEOUT_MS } from "./support/bus-server.ts";
import { clients, type TestClient, type TestConnection } from "./support/clients.ts";
import { eventOf, eventually } from "./support/events.ts";

let server: NatsServer;
beforeAll(async () => {
  const publish = `{ allow: ["p.open.>", "p.a=3Db", "_INBOX.>"] }`;
  const subscribe = `{ allow: ["p.open.>", "_INBOX.>"] }`;
  const config = `authorization { users: [
    { user: limited, password: secret, permissions: { publish: ${publish}, subscribe: ${subscribe} } }
    { user: free, password: secret }
  ] }`;
  server = await startNatsServer({ config });
}, PROVIDE_TIMEOUT_MS);
afterAll(() => server.stop());

const connections: TestConnection[] = [];
afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.close();
});

async function open({ connect }: TestClient, user: string) {
  const connection = await connect({ servers: server.url, user, pass: "secret" });
  connections.push(connection);
  const statuses: NatsBusStatus[] = [];
  const bus = new NatsEventBus(connection, { prefix: "p", onStatus: (status) => statuses.push(status) });
  return { bus, connection, statuses };
}

describe.each(clients)("without permission, through $client", (client) => {
  test("publish rejects with the subject to allow, the bus reports it, and allowed publishes continue", async () => {
    const { bus, statuses } = await open(client, "limited");
    const received: number[] = [];
    const other = (await open(client, "free")).bus;
    await other.subscribe(">", ({ version }) => void received.push(version)).ready;
    const publishes = ["secret.x", "open.x", "secret.é", "a=b", "open.y"].map((namespace, index) =>
      bus.publish(namespace, eventOf(index + 1)),
    );
    const results = await Promise.allSettled(publishes);
    expect(results.map(({ status }) => status)).toEqual([
      "rejected",
      "fulfilled",
      "rejected",
      "fulfilled",
      "fulfilled",
    ]);
    expect(results[2]).toMatchObject({
      reason: {
        code: "AETHER_BUS_PERMISSION_DENIED",
        operation: "publish",
        namespace: "secret.é",
        subject: "p.secret.=C3=A9",
        cause: expect.anything(),
      },
    });
    expect(statuses).toMatchObject([
      { type: "permission-denied", operation: "publish", namespace: "secret.x", subject: "p.secret.x" },
      { type: "permission-denied", operation: "publish", namespace: "secret.é", subject: "p.secret.=C3=A9" },
    ]);
    expect(bus.metrics).toMatchObject({ published: 5, rejected: 2, unconfirmed: 0 });
    await eventually(() => expect(received).toEqual([2, 4, 5]));
  });

  test("every publish to the subject rejects, whether sequential or concurrent", async () => {
    const { bus } = await open(client, "limited");
    for (let round = 0; round < 20; round++) {
      await expect(bus.publish("secret", eventOf(1))).rejects.toMatchObject({ code: "AETHER_BUS_PERMISSION_DENIED" });
    }
    const results = await Promise.allSettled(Array.from({ length: 200 }, () => bus.publish("secret", eventOf(1))));
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(["rejected"]));
  });

  test("a subscription ends with an error, which its loop throws and ready rejects with", async () => {
    const { bus, statuses } = await open(client, "limited");
    const denied = {
      code: "AETHER_BUS_PERMISSION_DENIED",
      operation: "subscribe",
      namespace: "secret.*",
      subject: "p.secret.*",
    };
    const [first, second, allowed] = [bus.subscribe("secret.*"), bus.subscribe("secret.*"), bus.subscribe("open.>")];
    await expect(first.ready).rejects.toMatchObject(denied);
    await expect(second[Symbol.asyncIterator]().next()).rejects.toMatchObject(denied);
    await allowed.ready;
    expect(bus.subscriberCount()).toBe(1);
    await eventually(() =>
      expect(statuses).toMatchObject([
        { type: "permission-denied", operation: "subscribe", namespace: "secret.*", subject: "p.secret.*" },
      ]),
    );
  });

  test("a subscription with a handler ends, in a queue group or not, and the bus reports it", async () => {
    const { bus, statuses } = await open(client, "limited");
    const subscriptions = [
      bus.subscribe("secret.a", () => {}),
      bus.subscribe("secret.b", () => {}, { queueGroup: "workers" }),
    ];
    for (const { ready } of subscriptions) {
      await expect(ready).rejects.toMatchObject({ code: "AETHER_BUS_PERMISSION_DENIED" });
    }
    const failed = statuses.filter(({ type }) => type === "subscription-failed");
    expect(failed).toMatchObject([{ pattern: "secret.a" }, { pattern: "secret.b" }]);
    expect(bus.subscriberCount()).toBe(0);
  });

  test("denials of subjects outside the prefix are not reported", async () => {
    const { bus, connection, statuses } = await open(client, "limited");
    connection.publish("elsewhere", new Uint8Array());
    await bus.publish("open.x", eventOf(1));
    expect(statuses).toEqual([]);
  });
});
