import type { DocumentChange, Revision, StoredDocument } from "@aether/core";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MemoryDocumentStore } from "../src/index.ts";

let documents: MemoryDocumentStore;
beforeEach(() => {
  documents = new MemoryDocumentStore();
});
afterEach(() => documents.close());

async function list(collection: string, idPrefix?: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of documents.listDocuments(collection, { idPrefix })) ids.push(id);
  return ids;
}

const textOf = (change: DocumentChange): string => {
  if (change.type === "current") return "current";
  return change.type === "put"
    ? `put ${change.document.id} ${JSON.stringify(change.document.value)}`
    : `delete ${change.id}`;
};

test("a document has the value and the revision of its last write", async () => {
  const first = await documents.putDocument("carts", "cart-1", { items: 1 }, { expectedRevision: "absent" });
  const second = await documents.putDocument("carts", "cart-1", { items: 2 }, { expectedRevision: first });
  expect(second).not.toBe(first);
  expect(await documents.getDocument("carts", "cart-1")).toEqual({
    collection: "carts",
    id: "cart-1",
    value: { items: 2 },
    revision: second,
  });
});

test("a write with an outdated revision is rejected with the current one, and changes nothing", async () => {
  const first = await documents.putDocument("carts", "cart-1", { items: 1 });
  const second = await documents.putDocument("carts", "cart-1", { items: 2 });
  const name = { collection: "carts", id: "cart-1" };
  const conflict = { code: "AETHER_REVISION_CONFLICT", ...name, expectedRevision: first, currentRevision: second };
  await expect(
    documents.putDocument("carts", "cart-1", { items: 3 }, { expectedRevision: first }),
  ).rejects.toMatchObject(conflict);
  await expect(documents.deleteDocument("carts", "cart-1", { expectedRevision: first })).rejects.toMatchObject(
    conflict,
  );
  expect((await documents.getDocument("carts", "cart-1"))?.revision).toBe(second);
});

test("no revision comes back after a deletion", async () => {
  const revisions = new Set<Revision>();
  for (let round = 0; round < 10; round++) {
    revisions.add(await documents.putDocument("carts", "cart-1", {}, { expectedRevision: "absent" }));
    await documents.deleteDocument("carts", "cart-1");
  }
  expect(revisions.size).toBe(10);
  const [oldest] = revisions;
  await expect(documents.putDocument("carts", "cart-1", {}, { expectedRevision: oldest })).rejects.toMatchObject({
    code: "AETHER_REVISION_CONFLICT",
    currentRevision: undefined,
  });
});

test("a revision of another store is rejected as a reset", async () => {
  const other = new MemoryDocumentStore();
  const expectedRevision = await other.putDocument("carts", "cart-1", {});
  await documents.putDocument("carts", "cart-1", {});
  await expect(documents.putDocument("carts", "cart-1", {}, { expectedRevision })).rejects.toMatchObject({
    code: "AETHER_STREAM_RESET",
  });
  await other.close();
});

test("several writes take effect together, or not at all", async () => {
  const revision = await documents.putDocument("carts", "cart-1", { items: 1 });
  await expect(
    documents.writeDocuments([
      { type: "put", collection: "carts", id: "cart-2", value: {} },
      { type: "delete", collection: "carts", id: "cart-1", expectedRevision: "absent" },
    ]),
  ).rejects.toMatchObject({ code: "AETHER_REVISION_CONFLICT", id: "cart-1", currentRevision: revision });
  expect(await list("carts")).toEqual(["cart-1"]);
  const [put, deleted] = await documents.writeDocuments([
    { type: "put", collection: "carts", id: "cart-2", value: {} },
    { type: "delete", collection: "carts", id: "cart-1", expectedRevision: revision },
  ]);
  expect((await documents.getDocument("carts", "cart-2"))?.revision).toBe(put);
  expect(deleted).toBeUndefined();
  expect(await list("carts")).toEqual(["cart-2"]);
});

test("a list has each document once, even if documents are deleted and put again meanwhile", async () => {
  for (const id of ["a", "b", "c"]) await documents.putDocument("letters", id, {});
  const ids: string[] = [];
  for await (const { id } of documents.listDocuments("letters")) {
    ids.push(id);
    await documents.deleteDocument("letters", "a");
    await documents.putDocument("letters", "a", {});
  }
  expect(ids).toEqual(["a", "b", "c"]);
});

test("a watch reports the documents, then that it is current, then each change", async () => {
  await documents.putDocument("carts", "a", { items: 1 });
  await documents.putDocument("orders", "a", {});
  const changes: string[] = [];
  const following = (async () => {
    for await (const change of documents.watchDocuments("carts")) {
      changes.push(textOf(change));
      if (changes.length === 4) return;
    }
  })();
  await expect.poll(() => changes.length).toBe(2);
  await documents.putDocument("carts", "b", { items: 2 });
  await expect.poll(() => changes.length).toBe(3);
  await documents.deleteDocument("carts", "b");
  await following;
  expect(changes).toEqual(['put a {"items":1}', "current", 'put b {"items":2}', "delete b"]);
});

test("a watch that is not read keeps only the last change of each document", async () => {
  const changes = documents.watchDocuments("carts")[Symbol.asyncIterator]();
  expect(textOf((await changes.next()).value)).toBe("current");
  for (let items = 0; items < 1_000; items++) await documents.putDocument("carts", "a", { items });
  await documents.deleteDocument("carts", "a");
  await documents.putDocument("carts", "b", {});
  expect(textOf((await changes.next()).value)).toBe("delete a");
  expect(textOf((await changes.next()).value)).toBe("put b {}");
  await changes.return?.();
});

test("whatever is written, a view built from a watch equals the documents", async () => {
  const ids = fc.constantFrom("", "a", "b", "__proto__");
  const step = fc.record({ id: ids, value: fc.option(fc.nat()) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      await using store = new MemoryDocumentStore();
      const changes = store.watchDocuments<{ readonly n: number }>("all")[Symbol.asyncIterator]();
      const view = new Map<string, StoredDocument>();
      const readOne = async (): Promise<void> => {
        const { value } = await changes.next();
        if (value.type === "put") view.set(value.document.id, value.document);
        if (value.type === "delete") view.delete(value.id);
      };
      await readOne();
      for (const { id, value } of steps) {
        if (value === null) await store.deleteDocument("all", id);
        else await store.putDocument("all", id, { n: value });
      }
      await store.putDocument("all", "last", { n: 0 });
      while (!view.has("last")) await readOne();
      view.delete("last");
      await store.deleteDocument("all", "last");
      const expected = new Map<string, StoredDocument>();
      for await (const document of store.listDocuments("all")) expected.set(document.id, document);
      expect(new Map([...view].sort())).toEqual(new Map([...expected].sort()));
      await changes.return?.();
    }),
  );
});

test("closing the store ends a waiting watch with an error, and forgets the documents", async () => {
  await documents.putDocument("carts", "a", {});
  const changes = documents.watchDocuments("carts")[Symbol.asyncIterator]();
  await changes.next();
  await changes.next();
  const waiting = changes.next();
  waiting.catch(() => {});
  await documents.close();
  await expect(waiting).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" });
  await expect(documents.getDocument("carts", "a")).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" });
});
