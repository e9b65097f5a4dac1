import type { DocumentStore, ExpectedRevision, Revision, StoredDocument } from "@aether/core";
import { check } from "../checks/check.ts";
import { range } from "../samples/events.ts";
import { SeededRandom } from "../samples/seeded-random.ts";
import { type DocumentCase, documentCaseGroup } from "../suite/document-case.ts";
import { checkConflict, checkStored, listed, sorted } from "./reading.ts";

const collections = ["", "orders", "orders.1"] as const;
const ids = ["", "1", "1.1", "é", "*"] as const;

/** The documents that a store must have, and the revisions that it gave. */
class Model {
  readonly documents = new Map<string, StoredDocument>();
  readonly revisions: Revision[] = [];

  of(collection: string): readonly StoredDocument[] {
    return sorted([...this.documents.values()].filter((document) => document.collection === collection));
  }
}

/** Makes one random call, and checks its result. Returns what was called. */
async function step(store: DocumentStore, model: Model, random: SeededRandom, n: number): Promise<string> {
  const [collection, id] = [random.pick(collections), random.pick(ids)];
  const name = [collection, id] as const;
  const key = JSON.stringify(name);
  const current = model.documents.get(key);
  const expectedRevision = random.pick<ExpectedRevision | undefined>([
    undefined,
    "absent",
    current?.revision ?? "absent",
    model.revisions[random.below(model.revisions.length || 1)],
  ]);
  const call = random.below(4) === 0 ? "delete" : "put";
  const given = { call, name, expectedRevision, n };
  const options = { expectedRevision };
  const write = (): Promise<unknown> =>
    call === "put" ? store.putDocument(collection, id, { n }, options) : store.deleteDocument(collection, id, options);
  if (expectedRevision !== undefined && expectedRevision !== (current?.revision ?? "absent")) {
    await checkConflict(given, write(), name, expectedRevision, current?.revision);
  } else {
    const revision = await write();
    if (typeof revision === "string") {
      model.documents.set(key, { collection, id, value: { n }, revision: revision as Revision });
      model.revisions.push(revision as Revision);
    } else model.documents.delete(key);
  }
  const document = model.documents.get(key);
  await checkStored(store, given, name, document as Parameters<typeof checkStored>[3]);
  return JSON.stringify(given);
}

export const randomCalls: readonly DocumentCase[] = documentCaseGroup("random calls", [
  {
    name: "after any calls, one after the other, the store has exactly the documents that they leave",
    async run(context) {
      const model = new Model();
      const stores = [await context.open()];
      if (context.supports.shared) stores.push(await context.open());
      const random = new SeededRandom(20);
      const calls: string[] = [];
      for (const n of range(1, 120)) {
        calls.push(await step(random.pick(stores), model, random, n));
        if (n % 20 !== 0) continue;
        for (const collection of collections) {
          const actual = await listed(random.pick(stores), collection);
          const given = { calls: calls.slice(-20), list: collection };
          check("a list has exactly the documents", { given, expected: model.of(collection), actual });
        }
      }
      check("every put has a revision of its own", {
        given: "120 calls",
        expected: model.revisions.length,
        actual: new Set(model.revisions).size,
      });
    },
  },
]);
