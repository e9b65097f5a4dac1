import { connect, type Msg, type NatsConnection } from "nats";
import { expect, it, onTestFinished } from "vitest";
import { startLeafNode, startNatsServer } from "../src/index.ts";

async function open(servers: string, user?: string): Promise<NatsConnection> {
  const connection = await connect({ servers, ...(user === undefined ? {} : { user, pass: "secret" }) });
  onTestFinished(() => connection.close());
  return connection;
}

it("forwards messages between hub and leaf node, and keeps their JetStream domains apart", async () => {
  await using hub = await startNatsServer({
    config: 'leafnodes { listen: "127.0.0.1:-1" }\njetstream { domain: hub }',
  });
  await using leaf = await startLeafNode(hub, { config: "server_name: leaf\njetstream { domain: leaf }" });
  const atHub = await open(hub.url);
  const atLeaf = await open(leaf.url);
  const manager = await atLeaf.jetstreamManager({ domain: "hub" });
  await manager.streams.add({ name: "kept", subjects: ["kept"] });
  expect((await atLeaf.jetstream().publish("kept")).domain).toBe("hub");
  expect((await (await atHub.jetstreamManager()).streams.info("kept")).state.messages).toBe(1);
  await expect((await atLeaf.jetstreamManager()).streams.info("kept")).rejects.toThrow("stream not found");
  await hub.restart();
  expect(hub.leafPort).toBeGreaterThan(0);
});

it("connects a leaf node to one account of the hub", async () => {
  const config = `
    leafnodes { listen: "127.0.0.1:-1" }
    accounts { A { users: [ { user: a, password: secret } ] }, B { users: [ { user: b, password: secret } ] } }`;
  await using hub = await startNatsServer({ config });
  await using leaf = await startLeafNode(hub, { jetStream: false, credentials: "a:secret" });
  const received: string[] = [];
  for (const user of ["a", "b"]) {
    const connection = await open(hub.url, user);
    const answer = (message: Msg): void => {
      received.push(user);
      message.respond();
    };
    connection.subscribe("ask", { callback: (_, message) => answer(message) });
    await connection.flush();
  }
  const connection = await open(leaf.url);
  await connection.flush();
  await connection.request("ask");
  expect(received).toEqual(["a"]);
});

it("rejects a hub that does not listen for leaf nodes", async () => {
  await using hub = await startNatsServer({ jetStream: false });
  await expect(startLeafNode(hub, { startTimeoutMs: 50 })).rejects.toThrow("does not listen for leaf nodes");
});
