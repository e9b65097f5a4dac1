import type { DocumentChange, DocumentWrite, Revision, StoredDocument } from "@aether/core";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MemoryDocumentStore, memoryDocumentStoreSupports } from "../src/index.ts";

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

test("a list has only the documents of its collection whose ids begin with the prefix", async () => {
  for (const id of ["a-1", "a-2", "b-1", "A-1", "xa-", "a"]) await documents.putDocument("letters", id, {});
  await documents.putDocument("others", "a-3", {});
  expect(await list("letters", "a-")).toEqual(["a-1", "a-2"]);
  expect(await list("letters", ".*")).toEqual([]);
  expect(await list("letters", "")).toHaveLength(6);
  expect(await list("nothing")).toEqual([]);
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

test("an abort ends a watch that waits, with its reason, and leaves no listener on the signal", async () => {
  const abort = new AbortController();
  const add = vi.spyOn(abort.signal, "addEventListener");
  const remove = vi.spyOn(abort.signal, "removeEventListener");
  const changes = documents.watchDocuments("carts", abort)[Symbol.asyncIterator]();
  await changes.next();
  for (let items = 0; items < 3; items++) {
    const next = changes.next();
    await documents.putDocument("carts", "a", { items });
    await next;
  }
  const waiting = changes.next();
  const reason = new Error("enough");
  await new Promise(setImmediate);
  abort.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  expect((await changes.next()).done).toBe(true);
  expect(add).toHaveBeenCalled();
  expect(remove).toHaveBeenCalledTimes(add.mock.calls.length);
});

test("a watch has only the changes of ids with the prefix, and several watches each have all of theirs", async () => {
  const watches = ["a-", "b-", ""].map((idPrefix) =>
    documents.watchDocuments("letters", { idPrefix })[Symbol.asyncIterator](),
  );
  for (const watch of watches) expect(textOf((await watch.next()).value)).toBe("current");
  for (const id of ["a-1", "b-1"]) await documents.putDocument("letters", id, {});
  await documents.deleteDocument("letters", "a-1");
  await documents.putDocument("others", "a-2", {});
  const [left, right, all] = watches;
  expect(textOf((await left?.next())?.value)).toBe("delete a-1");
  expect(textOf((await right?.next())?.value)).toBe("put b-1 {}");
  for (const change of ["delete a-1", "put b-1 {}"]) expect(textOf((await all?.next())?.value)).toBe(change);
  await documents.putDocument("letters", "a-3", {});
  for (const watch of [left, all]) expect(textOf((await watch?.next())?.value)).toBe("put a-3 {}");
  for (const watch of watches) await watch.return?.();
});

test("a rejected write, and the deletion of an absent document, are not reported", async () => {
  const revision = await documents.putDocument("carts", "a", { items: 1 });
  await documents.deleteDocument("carts", "b");
  const changes = documents.watchDocuments("carts")[Symbol.asyncIterator]();
  for (const change of ['put a {"items":1}', "current"]) expect(textOf((await changes.next()).value)).toBe(change);
  const conflict = { code: "AETHER_REVISION_CONFLICT" };
  await expect(documents.putDocument("carts", "a", {}, { expectedRevision: "absent" })).rejects.toMatchObject(conflict);
  await expect(documents.deleteDocument("carts", "b", { expectedRevision: revision })).rejects.toMatchObject(conflict);
  const writes: readonly DocumentWrite[] = [
    { type: "put", collection: "carts", id: "c", value: {} },
    { type: "delete", collection: "carts", id: "a", expectedRevision: "absent" },
  ];
  await expect(documents.writeDocuments(writes)).rejects.toMatchObject(conflict);
  await documents.deleteDocument("carts", "b");
  await documents.putDocument("carts", "last", {});
  expect(textOf((await changes.next()).value)).toBe("put last {}");
  await changes.return?.();
});

test("documents and values are deeply frozen, and share no objects with the input", async () => {
  const value = { lines: [{ item: "lamp" }] };
  await documents.putDocument("carts", "a", value);
  (value.lines[0] as { item: string }).item = "chair";
  const document = await documents.getDocument<typeof value>("carts", "a");
  expect(document?.value).toEqual({ lines: [{ item: "lamp" }] });
  for (const part of [document, document?.value, document?.value.lines, document?.value.lines[0]])
    expect(Object.isFrozen(part)).toBe(true);
});

test("the manifest cannot be changed from outside", () => {
  expect(Object.isFrozen(memoryDocumentStoreSupports)).toBe(true);
  expect(documents.supports).toBe(memoryDocumentStoreSupports);
});

test("closing the store ends a waiting watch with an error, and forgets the documents", async () => {
  await documents.putDocument("carts", "a", {});
  const changes = documents.watchDocuments("carts")[Symbol.asyncIterator]();
  await changes.next();
  await changes.next();
  const waiting = changes.next();
  waiting.catch(() => {});
  await new Promise(setImmediate);
  await documents.close();
  await expect(waiting).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" });
  await expect(documents.getDocument("carts", "a")).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" });
});
