import { readFileSync } from "node:fs";
import type { Event, FeedOptions, Position } from "@aether/core";
import { NatsEventBus } from "@aether/eventbus-nats";
import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { JetStreamDocumentStore, JetStreamEventStore } from "@aether/store-jetstream";
import { partitionOf } from "@aether/store-kit";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { eventSubject } from "../../src/hostile/event-subject.ts";
import type { ClientConnection } from "../../src/workload/connect.ts";
import { clients } from "./clients.ts";

const config = readFileSync(new URL("../../../docs/operations/nats-server.conf", import.meta.url), "utf8");
const TIMEOUT_MS = 300_000;
const TENANTS = ["SETUP", "TENANT_A", "TENANT_B", "TENANT_C"];
const ORDERS = "tenant-a~orders";
const OTHERS = "tenant-b~orders";
const OTHERS_SECRET = eventSubject(OTHERS, "secret-1");
const text = (message: object): Uint8Array => new TextEncoder().encode(JSON.stringify(message));

let server: NatsServer;
const connections: ClientConnection[] = [];

beforeAll(async () => {
  for (const user of [...TENANTS, "FEED_READER", "PARTITION_READER", "LISTER"])
    process.env[`${user}_PASSWORD`] = `of-${user}`;
  server = await startNatsServer({ config });
  const setup = await as(clients[0] as Client, "setup");
  for (const namespace of ["tenant-a", "tenant-b"]) {
    const store = await JetStreamEventStore.open(setup, { streamName: "orders", namespace });
    await store.saveEvent(event("secret-1", 1));
    await store.saveSnapshot({ actorId: "secret-1", version: 1, state: {} });
  }
  await JetStreamDocumentStore.open(setup, { bucket: "app", namespace: "tenant-a" });
}, TIMEOUT_MS);
afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.close();
});
afterAll(() => server.stop());

type Client = (typeof clients)[number];

async function as({ connect }: Client, user: string): Promise<ClientConnection> {
  const pass = `of-${user.toUpperCase().replace("-", "_")}`;
  const connection = await connect({ servers: server.url, user, pass, inboxPrefix: `_INBOX.${user}` });
  connections.push(connection);
  return connection;
}

function event(actorId: string, version: number): Event {
  return {
    id: crypto.randomUUID(),
    actorId,
    version,
    eventType: "Tested",
    data: {},
    timestamp: "2026-01-01T00:00:00Z",
  };
}

/** Returns the permission violations that the server reports after an action. */
async function permissionViolations(connection: ClientConnection, act: () => void): Promise<readonly string[]> {
  const reports: string[] = [];
  void (async () => {
    for await (const status of connection.status()) {
      reports.push(JSON.stringify(status), String((status as { error?: unknown }).error));
    }
  })();
  act();
  await connection.flush();
  await connection.flush();
  return reports.filter((each) => /permissions[ _]violation/i.test(each));
}

async function lastSequence(client: Client, stream: string): Promise<number> {
  const answer = await request(await as(client, "setup"), "_INBOX.setup", `$JS.API.STREAM.INFO.${stream}`);
  return (answer as { state: { last_seq: number } }).state.last_seq;
}

function request(connection: ClientConnection, inbox: string, subject: string, body: object = {}): Promise<object> {
  return new Promise((resolve, reject) => {
    const reply = `${inbox}.${crypto.randomUUID()}`;
    const subscription = connection.subscribe(reply, {
      callback: (error, { data }) => {
        subscription.unsubscribe();
        if (error === null) resolve(JSON.parse(new TextDecoder().decode(data)) as object);
        else reject(error);
      },
    });
    connection.publish(subject, text(body), { reply });
  });
}

describe.each(clients)("the configuration of the operations guide, through $client", (client) => {
  test.each([
    ["tenant-a", "bind"],
    ["tenant-b", "create"],
  ] as const)("%s has all permissions that its store needs", async (namespace, stream) => {
    const connection = await as(client, namespace);
    const options = { streamName: "orders", namespace, stream } as const;
    const store = await JetStreamEventStore.open(connection, options);
    const actorId = `order-${crypto.randomUUID()}`;
    await store.saveEvent(event(actorId, 1));
    await store.saveEvents([event(actorId, 2), event(actorId, 40)]);
    await expect(store.saveEvent(event(actorId, 2))).rejects.toMatchObject({ code: "AETHER_VERSION_CONFLICT" });
    await store.saveSnapshot({ actorId, version: 2, state: { total: 1 } });
    const fresh = await JetStreamEventStore.open(connection, { ...options, cacheSize: 0 });
    expect(await fresh.getLatestVersion(actorId)).toBe(40);
    expect(await fresh.getEvents(actorId)).toHaveLength(3);
    expect(await fresh.getEvents(actorId, 2)).toHaveLength(2);
    expect(await fresh.load(actorId)).toMatchObject({ snapshot: { version: 2 }, events: [{ version: 40 }] });
    const backward: number[] = [];
    for await (const { version } of fresh.readEvents(actorId, { direction: "backward" })) backward.push(version);
    expect(backward).toEqual([40, 2, 1]);
  });

  test.each([
    ["tenant-a", "bind"],
    ["tenant-b", "create"],
  ] as const)("%s has all permissions that its documents need, and none for others", async (namespace, stream) => {
    const connection = await as(client, namespace);
    const documents = await JetStreamDocumentStore.open(connection, { bucket: "app", namespace, stream });
    const collection = crypto.randomUUID();
    const changes: string[] = [];
    const watching = (async () => {
      for await (const { type } of documents.watchDocuments(collection)) if (changes.push(type) === 4) return;
    })();
    const revision = await documents.putDocument(collection, "a", { n: 1 }, { expectedRevision: "absent" });
    await documents.putDocument(collection, "b", { n: 1 });
    expect(await documents.getDocument(collection, "a")).toMatchObject({ revision });
    const ids: string[] = [];
    for await (const { id } of documents.listDocuments(collection)) ids.push(id);
    expect(ids.sort()).toEqual(["a", "b"]);
    await documents.deleteDocument(collection, "a", { expectedRevision: revision });
    await documents.putDocument(collection, "c", {});
    await watching;
    const other = namespace === "tenant-a" ? "tenant-b" : "tenant-a";
    const opening = JetStreamDocumentStore.open(connection, { bucket: "app", namespace: other, stream: "bind" });
    await expect(opening).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
    const publish = (): void => connection.publish(`$KV.${other}__app.c.a`, text({}));
    expect((await permissionViolations(connection, publish)).join("\n")).toContain(`$KV.${other}__app`);
  });

  /** Opens the store of tenant-a as a user that only reads. */
  const openAs = async (user: string): Promise<JetStreamEventStore> =>
    JetStreamEventStore.open(await as(client, user), { streamName: "orders", namespace: "tenant-a", stream: "bind" });
  /** Follows a feed until it has received the event with a position. Returns the positions of all events. */
  const followTo = async (
    store: JetStreamEventStore,
    last: Position,
    options: FeedOptions,
  ): Promise<readonly string[]> => {
    const received: string[] = [];
    for await (const { events } of store.readFeed({ ...options, follow: true })) {
      received.push(...events.map(({ position }) => position));
      if (received.includes(last)) break;
    }
    return received;
  };
  /** Saves an event of tenant-a, in partition 11. Another program writes a further one, without headers. */
  const saveBoth = async (): Promise<Position> => {
    const setup = await as(client, "setup");
    const writer = await JetStreamEventStore.open(setup, { streamName: "orders", namespace: "tenant-a" });
    let actorId = "";
    while (partitionOf(actorId) !== 11) actorId = `order-${crypto.randomUUID()}`;
    await writer.saveEvent(event(actorId, 1));
    await request(setup, "_INBOX.setup", eventSubject(ORDERS, actorId), event(actorId, 2));
    return (await writer.saveEvent(event(actorId, 3))).position;
  };

  test.each([
    ["feed-reader", undefined],
    ["partition-reader", 11],
  ] as const)("%s has all permissions to follow the feed and to resume, and cannot write", async (user, partition) => {
    const store = await openAs(user);
    const first = await saveBoth();
    const all = await followTo(store, first, { partition });
    const last = await saveBoth();
    const after = all.at(-1) as Position;
    expect(await followTo(store, last, { partition, after })).toHaveLength(3);
    // The first of these events that the read meets is the one of the other program.
    const foreign = (await followTo(store, last, { partition, after: all.at(-3) as Position })).length;
    expect(foreign).toBe(5);
    expect(await store.getLatestPosition()).toBe(last);
    const connection = await as(client, user);
    const subject = eventSubject(ORDERS, "order-1");
    const publish = (): void => connection.publish(subject, text(event("order-1", 1)));
    expect((await permissionViolations(connection, publish)).join("\n")).toContain(subject);
  });

  test("partition-reader cannot follow the whole feed or another partition", async () => {
    const store = await openAs("partition-reader");
    const denied = { code: "AETHER_STORE_UNAVAILABLE" };
    for (const options of [{}, { partition: 3 }]) {
      const reading = store.readFeed({ ...options, follow: true })[Symbol.asyncIterator]();
      await expect(reading.next().then(() => reading.next())).rejects.toMatchObject(denied);
    }
  });

  test("lister has all permissions to list the actors, and cannot read the feed", async () => {
    const store = await openAs("lister");
    const actors: string[] = [];
    for await (const actorId of store.listActors()) actors.push(actorId);
    expect(actors).toContain("secret-1");
    const reading = store.readFeed()[Symbol.asyncIterator]();
    await expect(reading.next()).rejects.toThrow(/no permission to publish/);
  });

  test("tenant-a has all permissions that its bus needs, and none for other namespaces", async () => {
    const silent = { onStatus: () => {} };
    const [bus, other] = [
      new NatsEventBus(await as(client, "tenant-a"), silent),
      new NatsEventBus(await as(client, "setup"), silent),
    ];
    const received = bus.subscribe("tenant-a.>", { signal: AbortSignal.timeout(20_000) });
    await received.ready;
    await other.publish("tenant-a.orders", event("a", 1));
    await bus.publish("tenant-a.orders", event("a", 2));
    for await (const { version } of received) if (version === 2) break;
    const denied = { code: "AETHER_BUS_PERMISSION_DENIED" };
    await expect(bus.publish("tenant-b.orders", event("a", 1))).rejects.toMatchObject(denied);
    for (const pattern of ["tenant-b.orders", "tenant-b.>", "*.orders", ">"]) {
      await expect(bus.subscribe(pattern).ready).rejects.toMatchObject(denied);
    }
  });

  test("another namespace cannot be opened", async () => {
    const connection = await as(client, "tenant-a");
    for (const options of [{ namespace: "tenant-b" }, {}]) {
      const opened = JetStreamEventStore.open(connection, { streamName: "orders", ...options });
      await expect(opened).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
    }
  });

  test.each([
    ["delete a message", `$JS.API.STREAM.MSG.DELETE.${ORDERS}`, { seq: 1 }],
    ["purge the stream", `$JS.API.STREAM.PURGE.${ORDERS}`, {}],
    ["delete the stream", `$JS.API.STREAM.DELETE.${ORDERS}`, {}],
    ["update the stream", `$JS.API.STREAM.UPDATE.${ORDERS}`, { name: ORDERS, max_age: 100_000_000 }],
    ["create a stream", "$JS.API.STREAM.CREATE.spy", { name: "spy", sources: [{ name: OTHERS }] }],
    ["restore a stream", `$JS.API.STREAM.RESTORE.${ORDERS}`, {}],
    [
      "take a snapshot of another stream",
      `$JS.API.STREAM.SNAPSHOT.${OTHERS}`,
      { deliver_subject: "_INBOX.tenant-a.x" },
    ],
    ["list the streams", "$JS.API.STREAM.NAMES", {}],
    ["publish an event of another tenant", OTHERS_SECRET, event("secret-1", 2)],
    ["publish a snapshot of another tenant", `${OTHERS}~~snapshots.secret.secret-1`, {}],
    ["read a message of another tenant", `$JS.API.STREAM.MSG.GET.${OTHERS}`, { last_by_subj: `${OTHERS}.events.>` }],
    [
      "read a message of another tenant by direct get",
      `$JS.API.DIRECT.GET.${OTHERS}`,
      { last_by_subj: `${OTHERS}.events.>` },
    ],
    ["read the last message of another tenant by direct get", `$JS.API.DIRECT.GET.${OTHERS}.${OTHERS_SECRET}`, {}],
    ["read the state of another stream", `$JS.API.STREAM.INFO.${OTHERS}`, {}],
    ["create a consumer of another stream", `$JS.API.CONSUMER.CREATE.${OTHERS}.x.${OTHERS}.events.>`, {}],
    ["create a consumer with several filters", `$JS.API.CONSUMER.CREATE.${ORDERS}.x`, {}],
    ["create a durable consumer by the legacy API", `$JS.API.CONSUMER.DURABLE.CREATE.${ORDERS}.x`, {}],
    ["pull from a consumer of another tenant", `$JS.API.CONSUMER.MSG.NEXT.${OTHERS}.x`, {}],
    ["delete a consumer of another tenant", `$JS.API.CONSUMER.DELETE.${OTHERS}.x`, {}],
  ])("tenant-a must not %s", async (_, subject, body) => {
    const before = await Promise.all([lastSequence(client, ORDERS), lastSequence(client, OTHERS)]);
    const connection = await as(client, "tenant-a");
    const violations = await permissionViolations(connection, () => {
      connection.publish(subject, text(body), { reply: "_INBOX.tenant-a.answer" });
    });
    expect(violations.join("\n")).toContain(subject);
    expect(await Promise.all([lastSequence(client, ORDERS), lastSequence(client, OTHERS)])).toEqual(before);
  });

  test.each([">", `${OTHERS}.events.>`, "*.events.>", `${ORDERS}.events.>`, "_INBOX.>", "_INBOX.tenant-b.>", "$JS.>"])(
    "tenant-a must not subscribe to %s",
    async (subject) => {
      const connection = await as(client, "tenant-a");
      const subscribe = (): void => void connection.subscribe(subject, { callback: () => {} });
      expect((await permissionViolations(connection, subscribe)).join("\n")).toContain(subject);
    },
  );

  // The body of the request selects the message, not the subject. Permissions therefore cannot divide a stream.
  test("tenant-a can read every message of its own stream", async () => {
    const connection = await as(client, "tenant-a");
    const query = { last_by_subj: `${ORDERS}.events.*.secret.*` };
    const answer = await request(connection, "_INBOX.tenant-a", `$JS.API.STREAM.MSG.GET.${ORDERS}`, query);
    expect(answer).toMatchObject({ message: { subject: eventSubject(ORDERS, "secret-1") } });
  });

  test("a reply can be directed into any stream of the same account, but not of another account", async () => {
    const before = await lastSequence(client, OTHERS);
    const connection = await as(client, "tenant-a");
    connection.publish(`$JS.API.STREAM.INFO.${ORDERS}`, new Uint8Array(), { reply: OTHERS_SECRET });
    await expect.poll(() => lastSequence(client, OTHERS), { timeout: 20_000 }).toBe(before + 1);
    // The reply is not an event. Reads skip it, and new events can be saved.
    const store = await JetStreamEventStore.open(await as(client, "setup"), {
      streamName: "orders",
      namespace: "tenant-b",
    });
    const latest = await store.getLatestVersion("secret-1");
    await store.saveEvent(event("secret-1", latest + 1));
    expect((await store.getEvents("secret-1")).at(-1)?.version).toBe(latest + 1);

    // A pulled message can be directed into that stream too, but it keeps its subject, so it belongs to no actor.
    const forged = eventSubject(ORDERS, `x-${crypto.randomUUID()}`);
    await request(connection, "_INBOX.tenant-a", forged, event("secret-2", 1));
    const name = `puller-${crypto.randomUUID()}`;
    const create = `$JS.API.CONSUMER.CREATE.${ORDERS}.${name}.${forged}`;
    const consumer = { stream_name: ORDERS, config: { name, filter_subject: forged, ack_policy: "none" } };
    await request(connection, "_INBOX.tenant-a", create, consumer);
    const reply = eventSubject(OTHERS, "secret-2");
    connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${ORDERS}.${name}`, text({ batch: 1, no_wait: true }), { reply });
    await expect.poll(() => lastSequence(client, OTHERS), { timeout: 20_000 }).toBe(before + 3);
    expect(await store.getEventsWithErrors("secret-2")).toEqual({ events: [], errors: [] });

    const isolated = await JetStreamEventStore.open(await as(client, "tenant-c"), { streamName: "orders" });
    await isolated.saveEvent(event(`order-${crypto.randomUUID()}`, 1));
    const isolatedSubject = eventSubject("orders", "order-1");
    connection.publish(`$JS.API.STREAM.INFO.${ORDERS}`, new Uint8Array(), { reply: isolatedSubject });
    await connection.flush();
    expect((await isolated.getEventsWithErrors("order-1")).errors).toEqual([]);
  });
});
