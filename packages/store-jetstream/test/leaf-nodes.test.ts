import type { NewEvent } from "@aether/core";
import { findNatsServer, startLeafNode, startNatsCluster } from "@aether/nats-testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { JetStreamEventStore } from "../src/index.ts";
import { floorStream, floorSubject, floorsCompleteSubject } from "../src/subjects.ts";
import { clients, type TestClient } from "./support/clients.ts";
import { onHubAndLeaf } from "./support/leaf-nodes.ts";
import { LossyConnection } from "./support/lossy-connection.ts";
import { newStreamName } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const event = (version: number, length = 0, id = `${version}`): NewEvent => ({
  actorId: "order-1",
  version,
  eventType: "Tested",
  data: { text: "x".repeat(length) },
  id,
});
const idsOf = (events: readonly { readonly id: string }[]): readonly string[] => events.map(({ id }) => id);
const state = (length: number) => ({ text: "x".repeat(length) });

describe.each(clients)("a hub and a leaf node that accept messages up to 1 MiB, through $client", (client) => {
  const servers = onHubAndLeaf();
  const openBoth = async (connection?: LossyConnection) => {
    const streamName = newStreamName();
    const shared = connection ?? (await servers.connect(client, servers.leaf));
    const open = () => servers.open(shared, { streamName, domain: "hub", ackTimeoutMs: 3_000 });
    return { store: await open(), cold: await open() };
  };

  test("an event of 800 KB can be read, and the actor can be continued", async () => {
    const { store, cold } = await openBoth();
    await store.saveEvent(event(1, 800_000));
    expect(await cold.getLatestVersion("order-1")).toBe(1);
    expect(idsOf(await cold.getEvents("order-1"))).toEqual(["1"]);
    await cold.saveEvent(event(2, 800_000));
    await expect(store.saveEvent(event(2, 1, "other"))).rejects.toMatchObject({ currentVersion: 2, sameEvent: false });
    await expect(store.saveEvent(event(2))).rejects.toMatchObject({ currentVersion: 2, sameEvent: true });
    await expect(store.saveEvent(event(1))).rejects.toMatchObject({ currentVersion: 2, sameEvent: true });
    await store.saveEvent(event(3, 800_000));
    for (const version of [4, 5, 6]) await store.saveEvent(event(version));
    expect(idsOf(await cold.getEvents("order-1", 3))).toEqual(["3", "4", "5", "6"]);
    expect(await cold.getLatestVersion("order-2")).toBe(0);
    expect(await cold.getEvents("order-2")).toEqual([]);
    const loaded = await cold.load("order-1");
    expect([loaded.snapshot, loaded.events.length]).toEqual([undefined, 6]); // The stream of the snapshots is missing.
    const backward = [];
    for await (const { id } of cold.readEvents("order-1", { direction: "backward" })) backward.push(id);
    expect(backward).toEqual(["6", "5", "4", "3", "2", "1"]);
    expect(servers.cuts).toBe(0);
  });

  test("a stream of the leaf node can be used at the hub", async () => {
    const connection = await servers.connect(client, servers.hub);
    const store = await servers.open(connection, { domain: "leaf", cacheSize: 0 });
    for (const version of [1, 2, 3]) await store.saveEvent(event(version, 800_000));
    expect(idsOf(await store.getEvents("order-1"))).toEqual(["1", "2", "3"]);
    expect(servers.cuts).toBe(0);
  });

  test("the largest event that is accepted can be read and continued", async () => {
    const { store, cold } = await openBoth();
    const tooLarge = await store.saveEvent(event(1, 1_048_576)).catch((error: unknown) => error);
    expect(tooLarge).toMatchObject({ code: "AETHER_EVENT_TOO_LARGE" });
    const { sizeBytes, limitBytes } = tooLarge as { sizeBytes: number; limitBytes: number };
    await store.saveEvent(event(1, 1_048_576 - (sizeBytes - limitBytes)));
    await cold.saveEvent(event(2));
    expect(idsOf(await cold.getEvents("order-1"))).toEqual(["1", "2"]);
    expect(servers.cuts).toBe(0);
  });

  test("a snapshot of 800 KB can be read and replaced", async () => {
    const { store, cold } = await openBoth();
    for (const version of [1, 2, 3]) await store.saveEvent(event(version));
    await store.saveSnapshot({ actorId: "order-1", version: 1, state: state(800_000) });
    expect((await cold.getLatestSnapshot("order-1"))?.version).toBe(1);
    await cold.saveSnapshot({ actorId: "order-1", version: 2, state: state(800_000) });
    const { snapshot, events } = await store.load("order-1");
    expect([snapshot?.version, idsOf(events)]).toEqual([2, ["3"]]);
    expect(servers.cuts).toBe(0);
  });

  test("a large message from another program among the floors is not stored, so that it is never read", async () => {
    const store = await servers.open(await servers.connect(client, servers.leaf), {
      domain: "hub",
      streamRetention: 3_600_000,
    });
    const raw = new RawStream(await servers.connect(client, servers.hub), floorStream(store.streamName));
    for (const subject of [floorSubject(store.streamName, "order-1"), floorsCompleteSubject(store.streamName)])
      expect(await raw.publish(subject, "x".repeat(900_000))).toBe(0);
    await store.saveEvent(event(1));
    expect(await store.getLatestVersion("order-1")).toBe(1);
    expect(servers.cuts).toBe(0);
  });

  test("a commit of 800 KB whose acknowledgement was lost is found to be stored", async () => {
    const connection = new LossyConnection(await servers.connect(client, servers.leaf));
    const { store } = await openBoth(connection);
    let lost = 0;
    connection.incoming = ({ data }) =>
      new TextDecoder().decode(data).includes('"seq":') && lost++ === 0 ? "lose" : "pass";
    await store.saveEvent(event(1, 800_000));
    expect(lost).toBeGreaterThan(0);
    expect(idsOf(await store.getEvents("order-1"))).toEqual(["1"]);
    expect(servers.cuts).toBe(0);
  });
});

describe.each(clients)("a leaf node that accepts smaller messages than the hub, through $client", (client) => {
  const servers = onHubAndLeaf({ hub: "max_payload: 8MB" });

  test("larger messages are not requested: errors say why, and everything else works", async () => {
    const streamName = newStreamName();
    const atHub = await servers.open(await servers.connect(client, servers.hub), { streamName });
    const connection = await servers.connect(client, servers.leaf);
    const open = () => servers.open(connection, { streamName, domain: "hub" });
    const atLeaf = await open();
    await atHub.saveEvent(event(1));
    await atHub.saveEvent(event(2, 2_000_000));
    await atHub.saveSnapshot({ actorId: "order-1", version: 2, state: state(2_000_000) });

    expect(await atLeaf.getLatestVersion("order-1")).toBe(2);
    const tooLarge = { code: "AETHER_MESSAGE_TOO_LARGE", streamName, actorId: "order-1", sequence: 2 };
    const reading = atLeaf.getEvents("order-1");
    await expect(reading).rejects.toMatchObject({ ...tooLarge, limitBytes: 1_048_576 });
    await expect(reading).rejects.toThrow(/has 20\d{5} bytes, but the limit of the connection's server is 1048576/);
    await expect(atLeaf.saveEvent(event(2))).rejects.toMatchObject(tooLarge); // Is it the same event?
    expect(await atLeaf.getLatestSnapshot("order-1")).toBeUndefined();

    await (await open()).saveEvent(event(3));
    expect(idsOf(await atLeaf.getEvents("order-1", 3))).toEqual(["3"]);
    await atLeaf.saveSnapshot({ actorId: "order-1", version: 3, state: state(1) });
    expect((await atLeaf.load("order-1")).snapshot?.version).toBe(3);
    expect(servers.cuts).toBe(0);
  });
});

describe.each(clients)("a leaf node that accepts larger messages than the hub, through $client", (client) => {
  const servers = onHubAndLeaf({ leaf: "max_payload: 8MB" });
  const open = async (): Promise<JetStreamEventStore> =>
    servers.open(await servers.connect(client, servers.leaf), { domain: "hub", ackTimeoutMs: 6_000 });

  test("an event that the hub rejects is not stored, and is not sent again and again", async () => {
    const store = await open();
    const saving = store.saveEvent(event(1, 2_000_000));
    if (!servers.checksSizes) {
      await saving;
      return;
    }
    const before = servers.cuts;
    const tooLarge = { code: "AETHER_EVENT_TOO_LARGE", actorId: "order-1", limitBytes: undefined };
    await expect(saving).rejects.toMatchObject(tooLarge);
    await expect(saving).rejects.toThrow(/has 20\d{5} bytes, more than a server on the way accepts/);
    expect(servers.cuts - before).toBe(2);
    await store.saveEvent(event(1));
    expect(idsOf(await store.getEvents("order-1"))).toEqual(["1"]);
  });

  test("a snapshot that the hub rejects is not stored", async () => {
    const store = await open();
    await store.saveEvent(event(1));
    const saving = store.saveSnapshot({ actorId: "order-1", version: 1, state: state(2_000_000) });
    if (!servers.checksSizes) return saving;
    await expect(saving).rejects.toMatchObject({ code: "AETHER_EVENT_TOO_LARGE", limitBytes: undefined });
    expect(await store.getLatestSnapshot("order-1")).toBeUndefined();
  });

  test("small saves are not combined into a message that the hub rejects", async () => {
    const store = await open();
    const before = servers.cuts;
    await Promise.all(Array.from({ length: 30 }, (_, index) => store.saveEvent(event(index + 1, 60_000))));
    expect(await store.getLatestVersion("order-1")).toBe(30);
    expect(servers.cuts).toBe(before);
  });
});

const { version } = await findNatsServer();
const hasReplicas = version.localeCompare("2.10", "en", { numeric: true }) >= 0;

test.runIf(hasReplicas)(
  "a leaf node of a cluster: large events of a replicated stream",
  { timeout: 60_000 },
  async () => {
    const leafNodes = 'jetstream { domain: hub }\nleafnodes { listen: "127.0.0.1:-1" }';
    const cluster = await startNatsCluster({ config: leafNodes });
    onTestFinished(() => cluster.stop());
    const leaf = await startLeafNode(cluster.server("n1").server, { config: "max_payload: 8MB", jetStream: false });
    onTestFinished(() => leaf.stop());
    const connection = await (clients[0] as TestClient).connect({ servers: leaf.url });
    onTestFinished(() => connection.close());
    const options = { streamName: "s", domain: "hub", replicaCount: 3, streamRetention: "forever" } as const;
    const store = await JetStreamEventStore.open(connection, options);
    const cold = await JetStreamEventStore.open(connection, options);
    await store.saveEvent(event(1, 800_000));
    await cold.saveEvent(event(2, 800_000));
    await expect(store.saveEvent(event(2))).rejects.toMatchObject({ currentVersion: 2, sameEvent: true });
    await expect(store.saveEvent(event(3, 2_000_000))).rejects.toMatchObject({ code: "AETHER_EVENT_TOO_LARGE" });
    await store.saveEvent(event(3, 800_000));
    expect(idsOf(await cold.getEvents("order-1"))).toEqual(["1", "2", "3"]);
  },
);
