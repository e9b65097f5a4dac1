import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DocumentKeys } from "../../src/documents/document-keys.ts";
import { resolveDocumentOptions } from "../../src/documents/document-options.ts";
import { clients } from "../support/clients.ts";
import { newBucket, onOneServer } from "../support/documents.ts";

const server = onOneServer();
const keys = new DocumentKeys("b");
const text = fc.string({ unit: "binary", maxLength: 30 }).filter((value) => value.isWellFormed());

describe("keys", () => {
  test.each([
    ["orders", "order-1", "$KV.b.orders.order-1"],
    ["", "", "$KV.b.=.="],
    ["a.b", "*", "$KV.b.a=2Eb.=2A"],
    ["=", "é", "$KV.b.=3D.=C3=A9"],
  ])("of %j and %j: %s", (collection, id, subject) => {
    expect(keys.subjectOf({ collection, id })).toBe(subject);
    expect(keys.collection(collection).idOf(subject)).toBe(id);
  });

  test("consist of characters that all clients accept, and are decoded to the same names", () => {
    fc.assert(
      fc.property(text, text, (collection, id) => {
        const subject = keys.subjectOf({ collection, id });
        expect(subject).toMatch(/^\$KV\.b\.[-=\w]+\.[-=\w]+$/);
        expect(keys.collection(collection).idOf(subject)).toBe(id);
      }),
    );
  });

  test.each([
    "x",
    "orders",
    "orders.a.b",
    "orders.a=2f",
    "orders.=FF",
    "orders.a=",
    "orders.==",
    "other.a",
    "=probe.x",
  ])("that other programs use belong to no document: %s", (key) =>
    expect(keys.collection("orders").idOf(`$KV.b.${key}`)).toBeUndefined(),
  );
});

describe("buckets", () => {
  const nameOf = (bucket: string, namespace?: string): string => resolveDocumentOptions({ bucket, namespace }).bucket;

  test("have the name of the option, after the encoded namespace", () => {
    expect(nameOf("read_models-2")).toBe("read_models-2");
    expect(nameOf("models", "acme")).toBe("acme__models");
    expect(nameOf("models", "acme_1.com/é")).toBe("acme_5F1_2Ecom_2F_C3_A9__models");
  });

  test("of different namespaces have different names", () => {
    const bucket = fc.stringMatching(/^[a-c-]{1,3}(_[a-c]{1,2}){0,2}$/);
    const namespace = fc.option(fc.string({ unit: fc.constantFrom("a", "_", "5", "F", "-"), minLength: 1 }), {
      nil: undefined,
    });
    fc.assert(
      fc.property(bucket, namespace, bucket, namespace, (a, nsA, b, nsB) => {
        if (a === b && nsA === nsB) return;
        expect(nameOf(a, nsA)).not.toBe(nameOf(b, nsB));
      }),
    );
  });

  test.each(["", "a b", "a.b", "_a", "a_", "a__b", "é", "x".repeat(201)])("cannot be named %j", (bucket) => {
    expect(() => nameOf(bucket)).toThrow(expect.objectContaining({ argument: "options.bucket" }));
  });

  test.each([
    ["history", 0],
    ["history", 65],
    ["replicaCount", 6],
    ["maxBytes", 0],
    ["stream", "other"],
    ["ackTimeoutMs", 0],
    ["whileDisconnected", "other"],
    ["namespace", ""],
  ])("the option %s cannot be %j", (option, value) => {
    const given = { bucket: "b", [option]: value };
    expect(() => resolveDocumentOptions(given)).toThrow(expect.objectContaining({ argument: `options.${option}` }));
  });
});

describe.each(clients)("names, through $client", (client) => {
  test("that look alike are different documents", async () => {
    const store = await server.open(client);
    const names = ["", " ", ".", "*", ">", "=", "a", "A", "é", "e\u0301", "a.b", "a/b", "日本", "\u0000", "💚", "=2E"];
    const all = names.flatMap((collection) => names.map((id) => ({ collection, id })));
    await Promise.all(all.map((name) => store.putDocument(name.collection, name.id, name)));
    const found = await Promise.all(all.map(({ collection, id }) => store.getDocument(collection, id)));
    expect(found.map((document) => document?.value)).toEqual(all);
  });

  test("of 1,024 bytes are accepted in a bucket with the longest name, and longer ones rejected", async () => {
    const store = await server.open(client, { bucket: "b".repeat(200), namespace: newBucket() });
    const id = "é".repeat(512);
    const revision = await store.putDocument("", id, { n: 1 }, { expectedRevision: "absent" });
    expect(await store.getDocument("", id)).toMatchObject({ revision });
    await store.putDocument("", id, { n: 2 }, { expectedRevision: revision });
    const collection = "日".repeat(341);
    await store.putDocument(collection, "a", { n: 1 });
    expect(await store.getDocument(collection, "a")).toMatchObject({ value: { n: 1 } });
    await store.deleteDocument(collection, "a");
    await expect(store.putDocument("", `${id}日`, {})).rejects.toMatchObject({ code: "AETHER_INVALID_ARGUMENT" });
    await expect(store.getDocument("", "x".repeat(4_000))).rejects.toMatchObject({ code: "AETHER_INVALID_ARGUMENT" });
  });
});
