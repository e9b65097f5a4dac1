import type { DocumentStore, ExpectedRevision, Revision } from "@aether/core";
import { MemoryDocumentStore } from "@aether/store-memory";
import { describe, expect, test } from "vitest";
import { checkDocuments, type FinalDocuments } from "../src/documents/check-documents.ts";
import type { Counter, DocumentReport, Lock } from "../src/documents/document-report.ts";
import { COLLECTION, counterIds, DocumentWorker, LOCK } from "../src/documents/document-worker.ts";
import { Random } from "../src/random.ts";

const a: DocumentReport = {
  worker: "a",
  counters: { "counter-0": { acknowledged: 3, unknown: 1 } },
  revisions: [
    ["r-1", "{}"],
    ["r-2", "[]"],
  ],
  turns: [1, 3],
  conflicts: 0,
  failed: 0,
  reads: 0,
  unexpected: [],
};
const b: DocumentReport = { ...a, worker: "b", revisions: [["r-1", "{}"]], turns: [2] };
const counter: Counter = { sum: 7, by: { a: 4, b: 3 } };
const final: FinalDocuments = { counters: { "counter-0": counter }, lock: { turn: 3, owner: null } };

test("unknown increments may be stored or not", () => {
  expect(checkDocuments([a, b], final)).toEqual([]);
});

describe("the checker rejects", () => {
  test.each<[string, Partial<DocumentReport>, Partial<FinalDocuments>, string]>([
    ["a lost increment", {}, { counters: { "counter-0": { sum: 6, by: { a: 2, b: 4 } } } }, "lost increments"],
    ["a rejected increment", {}, { counters: { "counter-0": { sum: 8, by: { a: 3, b: 5 } } } }, "that were rejected"],
    ["an overwritten counter", {}, { counters: { "counter-0": { ...counter, sum: 6 } } }, "is 6, but its increments"],
    ["a counter that is gone", {}, { counters: {} }, "does not exist"],
    ["a turn that two workers had", { turns: [2, 3] }, {}, "turn 3 of the lock was given"],
    ["a turn that one worker had twice", { turns: [2, 2] }, {}, "turn 2 of the lock was given"],
    ["a turn that is gone", { turns: [2, 4] }, {}, "ends at turn 3, but turn 4"],
    ["a revision with two values", { revisions: [["r-2", "{}"]] }, {}, "revision r-2 had the values"],
    ["an error that must not occur", { unexpected: ["put: TypeError"] }, {}, "b: put: TypeError"],
  ])("%s", (_, report, documents, violation) => {
    expect(checkDocuments([a, { ...b, ...report }], { ...final, ...documents })).toContainEqual(
      expect.stringContaining(violation),
    );
  });
});

/** A store with a mistake. */
class Broken extends MemoryDocumentStore {
  readonly #isBroken: () => boolean;

  constructor(isBroken: () => boolean) {
    super();
    this.#isBroken = isBroken;
  }

  override async putDocument<Value extends object>(
    collection: string,
    id: string,
    value: Value,
    options: { readonly expectedRevision?: ExpectedRevision | undefined } = {},
  ): Promise<Revision> {
    return super.putDocument(collection, id, value, this.#isBroken() ? {} : options);
  }
}

/** Lets workers with overlapping calls work on a store. Returns the violations. */
async function violationsOf(store: DocumentStore): Promise<readonly string[]> {
  const workers = ["a", "b", "c"].map((name, index) => new DocumentWorker(store, name, new Random(index)));
  await Promise.all(
    workers.map(async (worker) => {
      for (let step = 0; step < 300; step++) await worker.step();
    }),
  );
  const counters: Record<string, Counter> = {};
  for (const id of counterIds) {
    const document = await store.getDocument<Counter>(COLLECTION, id);
    if (document !== undefined) counters[id] = document.value;
  }
  const lock = (await store.getDocument<Lock>(COLLECTION, LOCK))?.value;
  return checkDocuments(
    workers.map((worker) => worker.report()),
    { counters, lock },
  );
}

test("workers on a correct store find no violation", async () => {
  await using store = new MemoryDocumentStore();
  expect(await violationsOf(store)).toEqual([]);
});

test("workers find lost updates of a store that sometimes ignores the expected revision", async () => {
  const random = new Random(7);
  await using store = new Broken(() => random.chance(0.05));
  expect(await violationsOf(store)).toContainEqual(expect.stringContaining("lost increments"));
});
