import type { DocumentStore } from "@aether/core";
import { check, checkRejects, outcomeOf } from "../checks/check.ts";
import { range } from "../samples/events.ts";
import { type DocumentCase, documentCaseGroup } from "../suite/document-case.ts";
import { asAnyDocumentStore, declaredDocumentCalls } from "./document-calls.ts";
import { COLLECTION, listed, putAll } from "./reading.ts";

const closed = { code: "AETHER_STORE_CLOSED" } as const;

export const closing: readonly DocumentCase[] = documentCaseGroup("closing", [
  {
    name: "every call of a closed store rejects with StoreClosedError",
    async run(context) {
      const ways = {
        "close()": (store: DocumentStore) => store.close(),
        "await using": (store: DocumentStore) => Promise.resolve(store[Symbol.asyncDispose]()),
      };
      for (const [way, close] of Object.entries(ways)) {
        const store = await context.open();
        await putAll(store, ["a"]);
        await close(store);
        for (const { method, run } of declaredDocumentCalls(context.supports)) {
          const guarantee = "a call of a closed store rejects with StoreClosedError";
          await checkRejects(guarantee, { method, way }, run(asAnyDocumentStore(store)), closed);
        }
      }
    },
  },
  {
    name: "a store rejects calls as soon as close is called",
    async run(context) {
      const store = await context.open();
      const closing = store.close();
      for (const { method, run } of declaredDocumentCalls(context.supports)) {
        const guarantee = "a call after close was called rejects with StoreClosedError";
        await checkRejects(guarantee, { method }, run(asAnyDocumentStore(store)), closed);
      }
      await closing;
    },
  },
  {
    name: "close may be called more than once",
    async run(context) {
      const store = await context.open();
      const outcomes = await Promise.all([store.close(), store.close()].map(outcomeOf));
      outcomes.push(await outcomeOf(store.close()), await outcomeOf(Promise.resolve(store[Symbol.asyncDispose]())));
      const statuses = outcomes.map(({ status }) => status);
      const expected = range(1, 4).map(() => "fulfilled" as const);
      check("close never rejects", { given: "four calls of close", expected, actual: statuses });
    },
  },
  {
    name: "close resolves only after the writes in flight have ended, and keeps what they report",
    async run(context) {
      const store = await context.open();
      let ended = 0;
      const ids = range(1, 8).map((n) => `document ${n}`);
      const writes = ids.map(async (id) => {
        const outcome = await outcomeOf(store.putDocument(COLLECTION, id, { id }));
        ended++;
        return outcome;
      });
      await store.close();
      // The results of the writes may arrive a few microtasks after the result of close.
      for (let turn = 0; turn < 50 && ended < ids.length; turn++) await undefined;
      check("the writes in flight end before close resolves", { given: ids, expected: ids.length, actual: ended });
      const outcomes = await Promise.all(writes);
      for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
      if (context.supports.durable !== true) return;
      const again = await context.open();
      const stored = (await listed(again, COLLECTION)).map(({ id }) => id);
      check("the reopened store has their documents", { given: ids, expected: ids, actual: stored });
    },
  },
  {
    name: "close ends an open list with StoreClosedError",
    async run(context) {
      const store = await context.open();
      await putAll(
        store,
        range(1, 30).map((n) => `document ${n}`),
      );
      const iterator = store.listDocuments(COLLECTION)[Symbol.asyncIterator]();
      await iterator.next();
      await store.close();
      await checkRejects("close ends a list", "a list of which one document was read", iterator.next(), closed);
    },
  },
]);
