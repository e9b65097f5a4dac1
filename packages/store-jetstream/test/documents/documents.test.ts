import type { Revision } from "@aether/core";
import { describe, expect, test } from "vitest";
import { clients } from "../support/clients.ts";
import { newBucket, onOneServer } from "../support/documents.ts";
import { textOf600MB } from "../support/long-json.ts";

const server = onOneServer();
const conflict = (expectedRevision: string, currentRevision: string | undefined) => ({
  code: "AETHER_REVISION_CONFLICT",
  expectedRevision,
  currentRevision,
});

describe.each(clients)("documents, through $client", (client) => {
  test("are put, read, replaced and deleted", async () => {
    const store = await server.open(client);
    expect(await store.getDocument("carts", "c-1")).toBeUndefined();
    const first = await store.putDocument("carts", "c-1", { items: [1] });
    const found = await store.getDocument<{ items: number[] }>("carts", "c-1");
    expect(found).toEqual({ collection: "carts", id: "c-1", value: { items: [1] }, revision: first });
    expect(Object.isFrozen(found?.value.items)).toBe(true);
    const second = await store.putDocument("carts", "c-1", { items: [2] });
    expect(second).not.toBe(first);
    await store.deleteDocument("carts", "c-1");
    expect(await store.getDocument("carts", "c-1")).toBeUndefined();
    await store.close();
    await expect(store.getDocument("carts", "c-1")).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" });
  });

  test("are written only with the expected revision", async () => {
    const store = await server.open(client);
    const first = await store.putDocument("c", "k", { n: 1 }, { expectedRevision: "absent" });
    await expect(store.putDocument("c", "k", { n: 2 }, { expectedRevision: "absent" })).rejects.toMatchObject(
      conflict("absent", first),
    );
    const second = await store.putDocument("c", "k", { n: 2 }, { expectedRevision: first });
    await expect(store.putDocument("c", "k", { n: 3 }, { expectedRevision: first })).rejects.toMatchObject(
      conflict(first, second),
    );
    await expect(store.deleteDocument("c", "k", { expectedRevision: first })).rejects.toMatchObject(
      conflict(first, second),
    );
    await expect(store.deleteDocument("c", "k", { expectedRevision: "absent" })).rejects.toMatchObject(
      conflict("absent", second),
    );
    expect((await store.getDocument("c", "k"))?.revision).toBe(second);
    await store.deleteDocument("c", "k", { expectedRevision: second });
    await store.deleteDocument("c", "k", { expectedRevision: "absent" });
    await expect(store.putDocument("c", "k", { n: 3 }, { expectedRevision: second })).rejects.toMatchObject(
      conflict(second, undefined),
    );
    await expect(store.deleteDocument("c", "k", { expectedRevision: second })).rejects.toMatchObject(
      conflict(second, undefined),
    );
    const third = await store.putDocument("c", "k", { n: 1 }, { expectedRevision: "absent" });
    expect(new Set([first, second, third]).size).toBe(3);
    await expect(store.putDocument("c", "k", { n: 3 }, { expectedRevision: first })).rejects.toMatchObject(
      conflict(first, third),
    );
  });

  test("an expected revision is exact among concurrent writers of two stores", async () => {
    const bucket = newBucket();
    const stores = [await server.open(client, { bucket }), await server.open(client, { bucket })];
    const count = async (index: number): Promise<void> => {
      const store = stores[index % 2] as (typeof stores)[number];
      for (let done = 0; done < 10; ) {
        const found = await store.getDocument<{ n: number }>("c", "counter");
        const n = (found?.value.n ?? 0) + 1;
        const expectedRevision = found?.revision ?? "absent";
        try {
          await store.putDocument("c", "counter", { n }, { expectedRevision });
          done++;
        } catch (error) {
          expect(error).toMatchObject({ code: "AETHER_REVISION_CONFLICT" });
        }
      }
    };
    await Promise.all([0, 1, 2, 3, 4, 5].map(count));
    expect((await stores[0]?.getDocument("c", "counter"))?.value).toEqual({ n: 60 });
  });

  test("deleting what does not exist leaves no trace", async () => {
    const store = await server.open(client);
    await store.deleteDocument("c", "never");
    await store.deleteDocument("c", "never", { expectedRevision: "absent" });
    const raw = await server.raw(client, store.bucket);
    const { state } = await raw.api<{ state: { messages: number } }>("STREAM.INFO.{stream}");
    expect(state.messages).toBe(0);
  });

  test("revisions of another bucket, or of a bucket that was created again, are rejected", async () => {
    const store = await server.open(client);
    const revision = await store.putDocument("c", "k", { n: 1 });
    const raw = await server.raw(client, store.bucket);
    await raw.api("STREAM.DELETE.{stream}");
    const again = await server.open(client, { bucket: store.bucket });
    const reset = { code: "AETHER_STREAM_RESET", streamName: `KV_${store.bucket}` };
    await expect(again.putDocument("c", "k", { n: 2 }, { expectedRevision: revision })).rejects.toMatchObject(reset);
    expect(await again.putDocument("c", "k", { n: 2 })).not.toBe(revision);
  });

  test("a store on a bucket that was created again rejects its calls", async () => {
    const store = await server.open(client);
    for (const n of [1, 2, 3]) await store.putDocument("c", "k", { n });
    const raw = await server.raw(client, store.bucket);
    await raw.api("STREAM.DELETE.{stream}");
    const again = await server.open(client, { bucket: store.bucket });
    const reset = { code: "AETHER_STREAM_RESET" };
    await expect(store.putDocument("c", "k", { n: 1 })).rejects.toMatchObject(reset);
    await expect(store.getDocument("c", "k")).rejects.toMatchObject(reset);
    expect((await again.getDocument("c", "k"))?.value).toEqual({ n: 1 });
  });

  test("a read of a bucket that was created again rejects", async () => {
    const store = await server.open(client);
    for (const n of [1, 2, 3]) await store.putDocument("c", "k", { n });
    await store.getDocument("c", "k");
    const raw = await server.raw(client, store.bucket);
    await raw.api("STREAM.DELETE.{stream}");
    const again = await server.open(client, { bucket: store.bucket });
    await again.putDocument("c", "k", { n: 9 });
    await expect(store.getDocument("c", "k")).rejects.toMatchObject({ code: "AETHER_STREAM_RESET" });
  });

  test("values whose JSON is too long for a text of JavaScript are rejected", async () => {
    const store = await server.open(client);
    await expect(store.putDocument("c", "k", { text: textOf600MB() })).rejects.toMatchObject({
      code: "AETHER_DOCUMENT_TOO_LARGE",
      sizeBytes: 536_870_888,
    });
    expect(await store.getDocument("c", "k")).toBeUndefined();
  });

  test("values that are too large are rejected, before and by the server", async () => {
    const store = await server.open(client);
    const tooLarge = { code: "AETHER_DOCUMENT_TOO_LARGE", collection: "c", id: "k" };
    await expect(store.putDocument("c", "k", { text: "x".repeat(1_100_000) })).rejects.toMatchObject({
      ...tooLarge,
      sizeBytes: 1_100_011,
      limitBytes: expect.any(Number),
    });
    const raw = await server.raw(client, store.bucket);
    const { config } = await raw.api<{ config: object }>("STREAM.INFO.{stream}");
    await raw.api("STREAM.UPDATE.{stream}", { ...config, max_msg_size: 1_000 });
    await expect(store.putDocument("c", "k", { text: "x".repeat(1_000) })).rejects.toMatchObject(tooLarge);
    await store.putDocument("c", "k", { text: "x".repeat(700) });
  });

  test("a full bucket rejects puts, and still accepts deletions", async () => {
    const store = await server.open(client, { maxBytes: 4_000 });
    const fill = async (): Promise<void> => {
      for (let n = 0; n < 50; n++) await store.putDocument("c", `k-${n}`, { text: "x".repeat(200) });
    };
    await expect(fill()).rejects.toMatchObject({ code: "AETHER_STORE_FULL", streamName: `KV_${store.bucket}` });
    await store.deleteDocument("c", "k-0");
    expect(await store.getDocument("c", "k-0")).toBeUndefined();
    expect(await store.getDocument("c", "k-1")).toBeDefined();
  });

  test("an aborted call rejects with the reason, or with an unknown outcome once it was sent", async () => {
    const store = await server.open(client);
    const reason = new Error("stopped");
    const aborted = { signal: AbortSignal.abort(reason) };
    await expect(store.putDocument("c", "k", {}, aborted)).rejects.toBe(reason);
    await expect(store.getDocument("c", "k", aborted)).rejects.toBe(reason);
    const controller = new AbortController();
    const put = store.putDocument("c", "k", {}, { signal: controller.signal });
    controller.abort(reason);
    await expect(put).rejects.toMatchObject({ code: "AETHER_OUTCOME_UNKNOWN", cause: reason });
    const invalid = "k3v9-17" as Revision;
    await expect(store.putDocument("c", "k", {}, { expectedRevision: invalid })).rejects.toMatchObject({
      code: "AETHER_STREAM_RESET",
    });
  });
});
