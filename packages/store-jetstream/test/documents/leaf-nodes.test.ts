import { isAetherError } from "@aether/core";
import { describe, expect, test } from "vitest";
import { clients } from "../support/clients.ts";
import { collect, newBucket, Watcher } from "../support/documents.ts";
import { onHubAndLeaf } from "../support/leaf-nodes.ts";
import { LossyConnection } from "../support/lossy-connection.ts";

const sized = (length: number): object => ({ text: "x".repeat(length) });

describe.each(clients)("a hub and a leaf node that accept messages up to 1 MiB, through $client", (client) => {
  const servers = onHubAndLeaf();

  test("documents of the hub can be used at the leaf node", async () => {
    const bucket = newBucket();
    const atHub = await servers.openDocuments(await servers.connect(client, servers.hub), { bucket });
    const connection = new LossyConnection(await servers.connect(client, servers.leaf));
    const atLeaf = await servers.openDocuments(connection, { bucket, domain: "hub", ackTimeoutMs: 3_000 });
    const watcher = new Watcher(atLeaf, "c");
    await watcher.current();
    const first = await atLeaf.putDocument("c", "a", sized(800_000), { expectedRevision: "absent" });
    expect(await atHub.getDocument("c", "a")).toMatchObject({ revision: first });
    const second = await atHub.putDocument("c", "a", sized(900_000), { expectedRevision: first });
    expect(await atLeaf.getDocument("c", "a")).toEqual(await atHub.getDocument("c", "a"));
    await expect(atLeaf.putDocument("c", "a", {}, { expectedRevision: first })).rejects.toMatchObject({
      code: "AETHER_REVISION_CONFLICT",
      currentRevision: second,
    });
    await atHub.putDocument("c", "b", { n: 1 });
    await atLeaf.deleteDocument("c", "b");
    expect(await atLeaf.getDocument("c", "b")).toBeUndefined();
    let lost = 0;
    connection.incoming = ({ data }) =>
      new TextDecoder().decode(data).startsWith('{"stream":') && lost++ === 0 ? "lose" : "pass";
    const third = await atLeaf.putDocument("c", "b", sized(700_000));
    expect(lost).toBeGreaterThan(0);
    expect(await atHub.getDocument("c", "b")).toMatchObject({ revision: third });
    expect((await collect(atLeaf.listDocuments("c"))).map(({ id }) => id).sort()).toEqual(["a", "b"]);
    await atLeaf.putDocument("c", "end", {});
    await watcher.until((changes) => changes.some((change) => change.type === "put" && change.document.id === "end"));
    expect(watcher.state).toEqual(
      new Map((await collect(atHub.listDocuments("c"))).map((document) => [document.id, document])),
    );
    await watcher.stop();
    expect(servers.cuts).toBe(0);
  });

  test("buckets of the hub and of the leaf node with the same name have different documents", async () => {
    const bucket = newBucket();
    const connection = await servers.connect(client, servers.leaf);
    const atHub = await servers.openDocuments(await servers.connect(client, servers.hub), { bucket });
    const stores = [
      await servers.openDocuments(connection, { bucket, domain: "hub" }),
      await servers.openDocuments(connection, { bucket }),
    ] as const;
    const [onHub, onLeaf] = stores;
    for (const [index, store] of stores.entries()) {
      for (let n = 1; n <= 20; n++) await store.putDocument("c", "k", { index, n });
      await expect(store.putDocument("c", "k", {}, { expectedRevision: "absent" })).rejects.toMatchObject({
        code: "AETHER_REVISION_CONFLICT",
      });
      await store.putDocument("c", `only ${index}`, {}, { expectedRevision: "absent" });
    }
    expect((await onHub.getDocument("c", "k"))?.value).toEqual({ index: 0, n: 20 });
    expect((await onLeaf.getDocument("c", "k"))?.value).toEqual({ index: 1, n: 20 });
    expect((await atHub.getDocument("c", "k"))?.value).toEqual({ index: 0, n: 20 });
    expect((await collect(onLeaf.listDocuments("c"))).map(({ id }) => id).sort()).toEqual(["k", "only 1"]);
    expect((await collect(onHub.listDocuments("c"))).map(({ id }) => id).sort()).toEqual(["k", "only 0"]);
    await atHub.deleteDocument("c", "k");
    expect((await onLeaf.getDocument("c", "k"))?.value).toEqual({ index: 1, n: 20 });
  });
});

describe.each(clients)("a leaf node that accepts smaller messages than the hub, through $client", (client) => {
  const servers = onHubAndLeaf({ hub: "max_payload: 8MB" });

  test("larger documents are not requested: errors name them, and everything else works", async () => {
    const bucket = newBucket();
    const atHub = await servers.openDocuments(await servers.connect(client, servers.hub), { bucket });
    const atLeaf = await servers.openDocuments(await servers.connect(client, servers.leaf), { bucket, domain: "hub" });
    await atHub.putDocument("c", "small", { n: 1 });
    const revision = await atHub.putDocument("c", "", sized(2_000_000));
    await atHub.putDocument("d", "other", { n: 1 });
    const tooLarge = { code: "AETHER_INVALID_DOCUMENT", collection: "c", id: "" };
    await expect(atLeaf.getDocument("c", "")).rejects.toMatchObject(tooLarge);
    await expect(atLeaf.getDocument("c", "")).rejects.toThrow(/has 20\d{5} bytes.*limit.*1048576/);
    await expect(collect(atLeaf.listDocuments("c"))).rejects.toMatchObject(tooLarge);
    const watcher = new Watcher(atLeaf, "c");
    await expect(watcher.done).rejects.toMatchObject(tooLarge);
    expect(await collect(atLeaf.listDocuments("d"))).toHaveLength(1);
    expect((await atLeaf.getDocument("c", "small"))?.value).toEqual({ n: 1 });
    await atLeaf.putDocument("c", "", { n: 2 }, { expectedRevision: revision });
    expect(await collect(atLeaf.listDocuments("c"))).toHaveLength(2);
    await expect(atLeaf.putDocument("c", "x", sized(1_048_576))).rejects.toMatchObject({
      code: "AETHER_DOCUMENT_TOO_LARGE",
    });
    expect(servers.cuts).toBe(0);
  });
});

describe.each(clients)("a leaf node that accepts larger messages than the hub, through $client", (client) => {
  const servers = onHubAndLeaf({ leaf: "max_payload: 8MB" });

  test("a document that the hub rejects is not stored, and is not sent again and again", async () => {
    const connection = await servers.connect(client, servers.leaf);
    const store = await servers.openDocuments(connection, { domain: "hub", ackTimeoutMs: 6_000 });
    const putting = store.putDocument("c", "k", sized(2_000_000)).catch((error: unknown) => error);
    if (!servers.checksSizes) {
      await putting;
      return;
    }
    const error = await putting;
    expect(isAetherError(error, "AETHER_DOCUMENT_TOO_LARGE")).toBe(true);
    expect(servers.cuts).toBeLessThanOrEqual(2);
    await store.putDocument("c", "k", { n: 1 });
    expect((await store.getDocument("c", "k"))?.value).toEqual({ n: 1 });
  });
});
