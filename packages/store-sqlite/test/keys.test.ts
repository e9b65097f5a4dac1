import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SqliteDocumentStore } from "../src/index.ts";
import { idOf, keyOf } from "../src/key.ts";
import { wellFormedStart } from "../src/well-formed-start.ts";
import { drivers } from "./support/drivers.ts";
import { saved } from "./support/events.ts";
import { TestFile } from "./support/test-file.ts";

/** Ids that a database could confuse, cut or change. */
const HOSTILE = [
  "a",
  "A",
  "a ",
  "a\0",
  "a\0b",
  "\0",
  '"',
  "\\",
  "\\u0000",
  "\\\\u0000",
  "a%",
  "a_",
  "a*",
  "'",
  "é",
  "e\u0301",
  "É",
  "ß",
  "ss",
  "\ufeff",
  "\ufeffa",
  "\uffff",
  "💥",
  "💥a",
  "\u{10ffff}",
  "1",
  "1.0",
  "01",
  "null",
  "x".repeat(5_000),
];

test("every text has a key of its own, without control characters, from which the text can be read", () => {
  const text = fc.string({ unit: "binary" });
  fc.assert(
    fc.property(text, text, (left, right) => {
      expect(idOf(keyOf(left))).toBe(left);
      expect(keyOf(left) === keyOf(right)).toBe(left === right);
      expect(/\p{Cc}/u.test(keyOf(left).replace(/[\u007f-\u009f]/g, ""))).toBe(false);
    }),
  );
});

test("the key of a prefix is a prefix of the key, even if it ends in the middle of a character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat(), (text, at) => {
      const prefix = text.slice(0, at % (text.length + 1));
      expect(keyOf(text).startsWith(keyOf(wellFormedStart(prefix)))).toBe(true);
    }),
  );
});

test.each([undefined, '"', "\\", "\\x", "\\u0041", "\n", "\\ud800x\\"])("%j is not a key", (key) => {
  expect(idOf(key)).toBeUndefined();
});

describe.each(drivers)("hostile ids on $name", (driver) => {
  test("are different actors, which can be listed by any prefix", async () => {
    await using file = new TestFile(driver);
    const store = await file.open();
    await Promise.all(HOSTILE.map((actorId) => store.saveEvent(saved(actorId, 1))));
    for (const actorId of HOSTILE) {
      expect((await store.getEvents(actorId)).map((event) => event.actorId)).toEqual([actorId]);
    }
    const prefixes = ["", ...HOSTILE.flatMap((id) => [id, id.slice(0, 1)]), "💥".slice(0, 1), "\udca5", "a\ud800b"];
    for (const actorIdPrefix of prefixes) {
      const listed: string[] = [];
      for await (const actorId of store.listActors({ actorIdPrefix })) listed.push(actorId);
      expect(listed.toSorted()).toEqual(HOSTILE.filter((id) => id.startsWith(actorIdPrefix)).toSorted());
    }
  });

  test("are different documents, which can be listed by any prefix", async () => {
    await using file = new TestFile(driver);
    const documents = await SqliteDocumentStore.open(file.connect());
    for (const collection of ["", "\0", ...HOSTILE.slice(0, 5)]) {
      await Promise.all(HOSTILE.map((id) => documents.putDocument(collection, id, { collection, id })));
    }
    for (const id of HOSTILE)
      expect((await documents.getDocument("a\0", id))?.value).toEqual({ collection: "a\0", id });
    for (const idPrefix of ["", ...HOSTILE]) {
      const listed: string[] = [];
      for await (const { id } of documents.listDocuments("a\0", { idPrefix })) listed.push(id);
      expect(listed.toSorted()).toEqual(HOSTILE.filter((id) => id.startsWith(idPrefix)).toSorted());
    }
  });

  test("a list reads all actors and documents over several pages, and skips actors without events", async () => {
    await using file = new TestFile(driver);
    const database = file.connect();
    const store = await file.open();
    const documents = await SqliteDocumentStore.open(database);
    const ids = Array.from({ length: 1_003 }, (_, index) => `a-${String(index).padStart(4, "0")}`);
    await Promise.all(ids.map((actorId) => store.saveEvents([saved(actorId, 1), saved(actorId, 2)])));
    await Promise.all(ids.map((id) => documents.putDocument("carts", id, {})));
    const insert = `INSERT INTO aether_events (sequence, actor, version, remaining, record)
      SELECT max(sequence) + 1, CAST(unhex(?) AS TEXT), 1, 0, '{}' FROM aether_events`;
    for (const hex of ["00", "612d3030ff", "612d31", "6e6f20616374ff", "7a"]) database.prepare(insert).run(hex);
    const listed: string[] = [];
    for await (const actorId of store.listActors()) listed.push(actorId);
    expect(listed).toEqual(ids);
    const found: string[] = [];
    for await (const { id } of documents.listDocuments("carts")) found.push(id);
    expect(found).toEqual(ids);
  });
});
