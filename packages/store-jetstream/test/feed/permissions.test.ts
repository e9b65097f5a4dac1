import { describe, expect, test, vi } from "vitest";
import { JetStreamEventStore } from "../../src/index.ts";
import { clients } from "../support/clients.ts";
import { event, Follower, readAll } from "../support/feed.ts";
import { onServerWithUsers, userAllowed } from "../support/users.ts";

const reader = [
  "$JS.API.STREAM.INFO.es",
  "$JS.API.STREAM.MSG.GET.es",
  "$JS.API.CONSUMER.CREATE.es.*",
  "$JS.API.CONSUMER.MSG.NEXT.es.*",
  "$JS.API.CONSUMER.DELETE.es.*",
];
const without = (operation: string): readonly string[] => reader.filter((subject) => !subject.includes(operation));
const config = `authorization { users = [
  { user: admin, password: x }
  ${userAllowed("reader", reader)}
  ${userAllowed("no-create", without("CREATE"))}
  ${userAllowed("no-pull", without("MSG.NEXT"))}
  ${userAllowed("no-delete", without("DELETE"))}
  ${userAllowed("no-get", without("MSG.GET"))}
] }`;

const server = onServerWithUsers(config);

describe.each(clients)("permissions of a reader of the feed, through $client", ({ connect }) => {
  const as = async (name: string): Promise<JetStreamEventStore> => {
    const connection = await server.connectAs({ connect }, name);
    return JetStreamEventStore.open(connection, {
      streamName: "es",
      streamRetention: "forever",
      stream: name === "admin" ? "create" : "bind",
      ackTimeoutMs: 60_000,
    });
  };
  const setup = async () => {
    const admin = await as("admin");
    const version = (await admin.getLatestVersion("a")) + 1;
    const { position } = await admin.saveEvent(event("a", version));
    return { admin, version, position };
  };

  test("are enough to follow the feed and to resume", async () => {
    const { admin, version, position } = await setup();
    const store = await as("reader");
    const follower = new Follower(store);
    await follower.received(version);
    const next = await admin.saveEvent(event("a", version + 1));
    await follower.received(version + 1);
    await follower.stop();
    expect((await readAll(store, { after: position })).names).toEqual([`a@${version + 1}`]);
    expect(await store.getLatestPosition()).toBe(next.position);
  });

  test.each([
    ["no-create", /no permission to publish.*\$JS\.API\.CONSUMER\.CREATE\.es\./],
    ["no-pull", /no permission to publish.*\$JS\.API\.CONSUMER\.MSG\.NEXT\.es\./],
  ])("that are missing end the read at once, with and without follow: %s", async (name, reason) => {
    await setup();
    const store = await as(name);
    const started = performance.now();
    await expect(readAll(store)).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
    await expect(readAll(store)).rejects.toThrow(reason);
    await expect(new Follower(store).done).rejects.toThrow(reason);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test("to read messages are missing: a position cannot be checked", async () => {
    const { position } = await setup();
    const store = await as("no-get");
    const reason = /no permission to publish.*\$JS\.API\.STREAM\.MSG\.GET\.es/;
    await expect(readAll(store, { after: position })).rejects.toThrow(reason);
    await expect(new Follower(store, { after: position }).done).rejects.toThrow(reason);
  });

  test("to delete consumers are missing: the read works, and the next one too", async () => {
    const { version } = await setup();
    const store = await as("no-delete");
    for (let reads = 0; reads < 3; reads++) expect((await readAll(store)).events).toHaveLength(version);
    const follower = new Follower(store);
    await follower.received(version);
    await follower.stop();
    await vi.waitUntil(() => server.log().some((line) => line.includes("CONSUMER.DELETE.es")));
  });
});
