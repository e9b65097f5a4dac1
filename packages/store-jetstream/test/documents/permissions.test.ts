import { describe, expect, test, vi } from "vitest";
import { JetStreamDocumentStore, type JetStreamDocumentStoreOptions } from "../../src/index.ts";
import { clients, type TestConnection } from "../support/clients.ts";
import { collect, newBucket, Watcher } from "../support/documents.ts";
import { LossyConnection } from "../support/lossy-connection.ts";
import { RawStream } from "../support/raw-stream.ts";
import { onServerWithUsers, userAllowed } from "../support/users.ts";

/** The permissions that the page about permissions lists for a bucket. */
const reading = [
  "$JS.API.STREAM.INFO.KV_app",
  "$JS.API.STREAM.MSG.GET.KV_app",
  "$JS.API.CONSUMER.CREATE.KV_app.*.$KV.app.*.*",
  "$JS.API.CONSUMER.MSG.NEXT.KV_app.*",
  "$JS.API.CONSUMER.DELETE.KV_app.*",
];
const writing = ["$KV.app.>"];
const oneCollection = [
  "$KV.app.mine.*",
  "$KV.app.=probe.x",
  ...reading.filter((subject) => !subject.includes("CONSUMER.CREATE")),
  "$JS.API.CONSUMER.CREATE.KV_app.*.$KV.app.mine.*",
];
const everything = [...writing, ...reading];
const without = (part: string): readonly string[] => everything.filter((subject) => !subject.includes(part));
const config = `authorization { users = [
  { user: admin, password: x }
  ${userAllowed("least", everything)}
  ${userAllowed("creator", [...everything, "$JS.API.STREAM.CREATE.KV_app"])}
  ${userAllowed("updater", [...everything, "$JS.API.STREAM.CREATE.KV_app", "$JS.API.STREAM.UPDATE.KV_app"])}
  ${userAllowed("reader", reading)}
  ${userAllowed("one-collection", oneCollection)}
  ${userAllowed("no-info", without("STREAM.INFO"))}
  ${userAllowed("no-get", without("MSG.GET"))}
  ${userAllowed("no-create", without("CONSUMER.CREATE"))}
  ${userAllowed("no-pull", without("MSG.NEXT"))}
  ${userAllowed("no-delete", without("CONSUMER.DELETE"))}
] }`;

const server = onServerWithUsers(config);

const unavailable = { code: "AETHER_STORE_UNAVAILABLE" };

describe.each(clients)("permissions for a bucket, through $client", ({ connect }) => {
  const connectAs = (name: string): Promise<TestConnection> => server.connectAs({ connect }, name);
  const openAs = async (name: string, options: Partial<JetStreamDocumentStoreOptions> = {}) =>
    JetStreamDocumentStore.open(await connectAs(name), {
      bucket: "app",
      stream: name === "admin" ? "create" : "bind",
      ackTimeoutMs: 60_000,
      ...options,
    });
  /** Uses every method of a store in a collection of its own. */
  const useEverything = async (store: JetStreamDocumentStore, collection: string = newBucket()): Promise<void> => {
    const watcher = new Watcher(store, collection);
    await watcher.current();
    const first = await store.putDocument(collection, "a", { n: 1 }, { expectedRevision: "absent" });
    const second = await store.putDocument(collection, "a", { n: 2 }, { expectedRevision: first });
    await expect(store.putDocument(collection, "a", {}, { expectedRevision: first })).rejects.toMatchObject({
      code: "AETHER_REVISION_CONFLICT",
      currentRevision: second,
    });
    await store.putDocument(collection, "", {});
    expect(await store.getDocument(collection, "a")).toMatchObject({ revision: second });
    expect(await collect(store.listDocuments(collection))).toHaveLength(2);
    await store.deleteDocument(collection, "a");
    await store.deleteDocument(collection, "");
    await watcher.until((changes) => changes.at(-1)?.type === "delete" && watcher.state.size === 0);
    await watcher.stop();
  };

  test("are enough for everything", async () => {
    const admin = await openAs("admin");
    const logged = server.log().length;
    await useEverything(await openAs("least"));
    expect(
      server
        .log()
        .slice(logged)
        .filter((line) => line.includes("Violation")),
    ).toEqual([]);
    await useEverything(admin);
  });

  test.each(["least", "one-collection"])("are enough to find out whether a write is stored: %s", async (name) => {
    const admin = await openAs("admin");
    const connection = new LossyConnection(await connectAs(name));
    const options = { bucket: "app", stream: "bind", ackTimeoutMs: 900 } as const;
    const store = await JetStreamDocumentStore.open(connection, options);
    let replaced: Promise<unknown> | undefined;
    connection.incoming = ({ data }) => {
      if (replaced !== undefined || !new TextDecoder().decode(data).startsWith('{"stream":')) return "pass";
      replaced = admin.putDocument("mine", "a", { n: 2 });
      return "lose";
    };
    const revision = await store.putDocument("mine", "a", { n: 1 });
    expect(replaced).toBeDefined();
    expect(await replaced).not.toBe(revision);
    await store.deleteDocument("mine", "a");
  });

  test("to create and to change the bucket are needed by no other mode", async () => {
    await new RawStream(await connectAs("admin"), "KV_app").api("STREAM.DELETE.{stream}");
    await expect(openAs("creator", { stream: "bind" })).rejects.toMatchObject({ code: "AETHER_STREAM_NOT_FOUND" });
    await expect(openAs("least", { stream: "create" })).rejects.toMatchObject(unavailable);
    await useEverything(await openAs("creator", { stream: "create" }));
    await openAs("least", { stream: "create" }); // the bucket exists
    await expect(openAs("creator", { stream: "update", maxBytes: 1e7 })).rejects.toMatchObject(unavailable);
    await useEverything(await openAs("updater", { stream: "update", maxBytes: 1e7 }));
    await openAs("admin", { stream: "update", maxBytes: 2e7 });
  });

  test("to read are enough to get, list and watch", async () => {
    const admin = await openAs("admin");
    const collection = newBucket();
    await admin.putDocument(collection, "a", { n: 1 });
    const store = await openAs("reader");
    const watcher = new Watcher(store, collection);
    await watcher.current();
    expect((await store.getDocument(collection, "a"))?.value).toEqual({ n: 1 });
    expect(await collect(store.listDocuments(collection))).toHaveLength(1);
    const writes = [
      () => store.putDocument(collection, "a", {}),
      () => store.putDocument(collection, "b", {}, { expectedRevision: "absent" }),
      () => store.deleteDocument(collection, "a"),
    ];
    for (const write of writes) {
      await expect(write()).rejects.toMatchObject(unavailable);
      await expect(write()).rejects.toThrow(/no permission to publish.*\$KV\.app\./);
    }
    expect(watcher.names).toEqual(["put a", "current"]);
    await watcher.stop();
  });

  test("for one collection are enough for it, and not enough to write or list another one", async () => {
    const admin = await openAs("admin");
    const store = await openAs("one-collection");
    await admin.putDocument("other", "a", { n: 1 });
    await useEverything(store, "mine");
    await expect(store.putDocument("other", "a", {})).rejects.toMatchObject(unavailable);
    await expect(collect(store.listDocuments("other"))).rejects.toMatchObject(unavailable);
    expect((await store.getDocument("other", "a"))?.value).toEqual({ n: 1 }); // requests have no subject
  });

  test.each([
    ["no-info", "open", /\$JS\.API\.STREAM\.INFO\.KV_app/],
    ["no-get", "get", /\$JS\.API\.STREAM\.MSG\.GET\.KV_app/],
    ["no-get", "list", /\$JS\.API\.STREAM\.MSG\.GET\.KV_app/],
    ["no-create", "list", /\$JS\.API\.CONSUMER\.CREATE\.KV_app\./],
    ["no-pull", "list", /\$JS\.API\.CONSUMER\.MSG\.NEXT\.KV_app\./],
  ])("that are missing are reported at once: %s, %s", async (name, call, subject) => {
    await (await openAs("admin")).putDocument("c", "a", {});
    const startMs = performance.now();
    const use = async (): Promise<void> => {
      const store = await openAs(name);
      if (call === "get") await store.getDocument("c", "a");
      if (call === "list") await expect(new Watcher(store, "c").done).rejects.toThrow(subject);
      if (call === "list") await collect(store.listDocuments("c"));
    };
    const using = use();
    await expect(using).rejects.toMatchObject(unavailable);
    await expect(using).rejects.toThrow(subject);
    expect(performance.now() - startMs).toBeLessThan(20_000);
  });

  test("to delete consumers are missing: lists work", async () => {
    const admin = await openAs("admin");
    const collection = newBucket();
    await admin.putDocument(collection, "a", { n: 1 });
    const store = await openAs("no-delete");
    for (let lists = 0; lists < 3; lists++) expect(await collect(store.listDocuments(collection))).toHaveLength(1);
    await vi.waitUntil(() => server.log().some((line) => line.includes("CONSUMER.DELETE.KV_app")));
  });
});
