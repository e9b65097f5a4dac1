import { startNatsServer } from "@aether/nats-testing";
import { connect as connectNatsIo } from "@nats-io/transport-node";
import { describe, expect, onTestFinished, test } from "vitest";
import { JetStreamEventStore } from "../src/index.ts";
import { clients, type TestConnection } from "./support/clients.ts";
import { LossyConnection } from "./support/lossy-connection.ts";
import { newStreamName } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";
import { onServerWithUsers } from "./support/users.ts";

const least = [
  "es.events.>",
  "$JS.API.STREAM.INFO.es",
  "$JS.API.STREAM.MSG.GET.es",
  "$JS.API.DIRECT.GET.es",
  "$JS.API.CONSUMER.CREATE.es.*.es.events.>",
  "$JS.API.CONSUMER.MSG.NEXT.es.*",
  "$JS.API.CONSUMER.DELETE.es.*",
  "es~~floors.>",
  "$JS.API.STREAM.INFO.es~~floors",
  "$JS.API.STREAM.MSG.GET.es~~floors",
  "es~~snapshots.>",
  "$JS.API.STREAM.INFO.es~~snapshots",
  "$JS.API.STREAM.MSG.GET.es~~snapshots",
];
const indirect = least.filter((subject) => !subject.includes("DIRECT"));
const noPull = indirect.filter((subject) => !subject.includes("MSG.NEXT"));
const config = `
  authorization { users = [
    { user: admin, password: x }
    { user: least, password: x, permissions: { publish: { allow: ${JSON.stringify(least)} }, subscribe: "_INBOX.>" } }
    { user: indirect, password: x, permissions: {
      publish: { allow: ${JSON.stringify(indirect)} }, subscribe: "_INBOX.>" } }
    { user: no-pull, password: x, permissions: {
      publish: { allow: ${JSON.stringify(noPull)} }, subscribe: "_INBOX.>" } }
    { user: none, password: x, permissions: { publish: "nothing", subscribe: "_INBOX.>" } }
    { user: no-inbox, password: x, permissions: { publish: ">", subscribe: "nothing" } }
  ] }`;

const server = onServerWithUsers(config);

const event = (version: number, text = ""): Parameters<JetStreamEventStore["saveEvent"]>[0] => ({
  actorId: "order-1",
  version,
  eventType: "Tested",
  data: { text },
});

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

describe.each(clients)("through $client", ({ connect }) => {
  const as = (user: string): Promise<TestConnection> => server.connectAs({ connect }, user);

  test("without permission for direct gets, consumers read everything", async () => {
    const made = await JetStreamEventStore.open(await as("admin"), { streamName: "es" });
    const first = (await made.getLatestVersion("order-2")) + 1;
    for (const index of range(3)) await made.saveEvent({ ...event(first + index - 1), actorId: "order-2" });
    const connection = new LossyConnection(await as("indirect"));
    const store = await JetStreamEventStore.open(connection, { streamName: "es", stream: "bind" });
    for (const _ of range(3)) expect(await store.getEvents("order-2", first)).toHaveLength(3);
    expect(connection.sent.filter((subject) => subject.includes("DIRECT"))).toHaveLength(1);
  });

  test("a bound store needs only the permissions that the README lists", async () => {
    const admin = await as("admin");
    const made = await JetStreamEventStore.open(admin, { streamName: "es" });
    if ((await made.getLatestVersion("order-0")) === 0) await made.saveEvent({ ...event(1), actorId: "order-0" });
    await made.saveSnapshot({ actorId: "order-0", version: 1, state: {} });
    const store = await JetStreamEventStore.open(await as("least"), { streamName: "es", stream: "bind" });
    const first = (await store.getLatestVersion("order-1")) + 1;
    await store.saveEvent(event(first));
    await store.saveEvents([event(first + 1), event(first + 2)]);
    await expect(store.saveEvent(event(first))).rejects.toMatchObject({ code: "AETHER_VERSION_CONFLICT" });
    await store.saveSnapshot({ actorId: "order-1", version: first + 1, state: { first } });
    expect(await store.load("order-1")).toMatchObject({
      snapshot: { state: { first } },
      events: [{ version: first + 2 }],
    });
    expect((await store.getEvents("order-1", first)).map(({ version }) => version)).toEqual([
      first,
      first + 1,
      first + 2,
    ]);
  });

  test("a missing permission is reported at once, not after a time-out", async () => {
    const started = performance.now();
    const opened = JetStreamEventStore.open(await as("none"), { streamName: "es", ackTimeoutMs: 60_000 });
    await expect(opened).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
    await expect(opened).rejects.toThrow(/no permission to publish.*\$JS\.API\.STREAM\.INFO\.es/);
    const withoutInbox = JetStreamEventStore.open(await as("no-inbox"), { streamName: "es", ackTimeoutMs: 60_000 });
    await expect(withoutInbox).rejects.toThrow(/subscribe to its inbox/);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test("a missing permission to request messages is reported at once", async () => {
    const made = await JetStreamEventStore.open(await as("admin"), { streamName: "es" });
    if ((await made.getLatestVersion("order-3")) === 0) await made.saveEvent({ ...event(1), actorId: "order-3" });
    const bound = { streamName: "es", stream: "bind", ackTimeoutMs: 60_000 } as const;
    const store = await JetStreamEventStore.open(await as("no-pull"), bound);
    const denied = /no permission to publish.*\$JS\.API\.CONSUMER\.MSG\.NEXT\.es\./;
    await expect(store.getEvents("order-3")).rejects.toThrow(denied);
    await expect(store.getEvents("order-3")).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
    await expect(store.readEvents("order-3")[Symbol.asyncIterator]().next()).rejects.toThrow(denied);
  });

  test("bind creates nothing; update changes the settings that can change", async () => {
    const admin = await as("admin");
    const streamName = newStreamName();
    const bound = JetStreamEventStore.open(admin, { streamName, stream: "bind" });
    await expect(bound).rejects.toMatchObject({ code: "AETHER_STREAM_NOT_FOUND", streamName });
    await JetStreamEventStore.open(admin, { streamName, streamRetention: 60_000_000 });
    const forever = { streamName, streamRetention: "forever" } as const;
    await expect(JetStreamEventStore.open(admin, forever)).rejects.toMatchObject({ code: "AETHER_STREAM_MISMATCH" });
    const updated = await JetStreamEventStore.open(admin, { ...forever, stream: "update" });
    await updated.saveEvent(event(1));
    const raw = new RawStream(admin, streamName);
    const { config: found } = await raw.api<{ config: { max_age: number; deny_delete: boolean } }>(
      "STREAM.INFO.{stream}",
    );
    expect(found).toMatchObject({ max_age: 0, deny_delete: true });
  });

  test("a full stream rejects saves, keeps its events, and accepts more once there is space", async () => {
    const admin = await as("admin");
    const { streamName } = await JetStreamEventStore.open(admin, { streamName: newStreamName() });
    const raw = new RawStream(admin, streamName);
    const { config: found } = await raw.api<{ config: object }>("STREAM.INFO.{stream}");
    for (const [limits, stored] of [
      [{ max_msgs: 2, max_bytes: -1 }, 2],
      [{ max_msgs: -1, max_bytes: 4_000 }, 3],
    ] as const) {
      await raw.api("STREAM.UPDATE.{stream}", { ...found, ...limits });
      const store = await JetStreamEventStore.open(admin, { streamName });
      const latest = await store.getLatestVersion("order-1");
      for (let version = latest + 1; version <= stored; version++) await store.saveEvent(event(version));
      const full = { code: "AETHER_STORE_FULL", streamName };
      await expect(store.saveEvent(event(stored + 1, "x".repeat(4_000)))).rejects.toMatchObject(full);
      expect(await store.getEvents("order-1")).toHaveLength(stored);
      await raw.api("STREAM.UPDATE.{stream}", { ...found, max_msgs: -1, max_bytes: -1 });
    }
    const store = await JetStreamEventStore.open(admin, { streamName });
    await store.saveEvent(event(4, "x".repeat(4_000)));
    expect(await store.getEvents("order-1")).toHaveLength(4);
  });

  test("the server rejects deleting and purging events", async () => {
    const admin = await as("admin");
    const store = await JetStreamEventStore.open(admin, { streamName: newStreamName() });
    await store.saveEvent(event(1));
    const raw = new RawStream(admin, store.streamName);
    expect(await raw.api("STREAM.MSG.DELETE.{stream}", { seq: 1 })).toHaveProperty("error");
    expect(await raw.api("STREAM.PURGE.{stream}")).toHaveProperty("error");
    expect(await store.getEvents("order-1")).toHaveLength(1);
  });
});

test("a server without JetStream is reported", async () => {
  await using plain = await startNatsServer({ jetStream: false });
  const connection = await connectNatsIo({ servers: plain.url });
  onTestFinished(() => connection.close());
  const opened = JetStreamEventStore.open(connection, { streamName: "s", ackTimeoutMs: 500 });
  await expect(opened).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE", operation: "open stream s" });
  await expect(opened).rejects.toThrow(/JetStream/);
});
