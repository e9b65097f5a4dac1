import type { DocumentStore, DocumentWriteOptions, Revision } from "@aether/core";
import { MemoryDocumentStore } from "@aether/store-memory";
import { describe, expect, test } from "vitest";
import { checkDocuments, type DocumentRun } from "../src/documents/check-documents.ts";
import type { ObservationReport, WorkerReport } from "../src/documents/document-report.ts";
import { DocumentWorker } from "../src/documents/document-worker.ts";
import { finalDocuments, listed } from "../src/documents/final-documents.ts";
import { Observations } from "../src/documents/observations.ts";
import { Random } from "../src/random.ts";

const a: WorkerReport = {
  worker: "a",
  counters: { "counter-0": { acknowledged: 3, unknown: 1 } },
  toggles: { "toggle-0": { created: { acknowledged: 2, unknown: 0 }, deleted: { acknowledged: 1, unknown: 0 } } },
  turns: [1, 3],
  acknowledged: 10,
  conflicts: 1,
  unknown: 1,
  failed: 0,
  reads: 0,
  lists: 0,
  unexpected: [],
};
const b: WorkerReport = { ...a, worker: "b", toggles: {}, turns: [2] };
const seenByA: ObservationReport = {
  process: "A",
  revisions: [
    ["r-1", "x {}"],
    ["r-2", "y {}"],
  ],
  replaced: ["r-1"],
  staleReads: {},
  longestStalenessMs: {},
  unexpected: [],
};
const seenByB: ObservationReport = { ...seenByA, process: "B", revisions: [["r-1", "x {}"]], replaced: ["r-2"] };
const counter = { sum: 7, by: { a: 4, b: 3 } };
const final: DocumentRun["final"] = {
  counters: { "counter-0": counter },
  lock: { turn: 3, owner: null },
  toggles: ["toggle-0"],
};

test("unknown increments may be stored or not", () => {
  expect(checkDocuments({ workers: [a, b], observations: [seenByA, seenByB], final })).toEqual([]);
});

describe("the checker rejects", () => {
  const toggled = (created: number, deleted: number): Partial<WorkerReport> => ({
    toggles: {
      "toggle-0": {
        created: { acknowledged: created, unknown: 0 },
        deleted: { acknowledged: deleted, unknown: 1 },
      },
    },
  });
  test.each<[string, Partial<WorkerReport & ObservationReport & DocumentRun["final"]>, string]>([
    ["a lost increment", { counters: { "counter-0": { sum: 6, by: { a: 2, b: 4 } } } as never }, "lost increments"],
    ["an overwritten counter", { counters: { "counter-0": { ...counter, sum: 6 } } as never }, "is 6, but its"],
    ["a rejected increment", { counters: { "counter-0": { sum: 8, by: { a: 3, b: 5 } } } as never }, "were rejected"],
    ["a counter that is gone", { counters: {} }, "does not exist"],
  ])("%s", (_, documents, violation) => {
    const run = { workers: [a, b], observations: [seenByA, seenByB], final: { ...final, ...documents } as never };
    expect(checkDocuments(run)).toContainEqual(expect.stringContaining(violation));
  });

  test.each<[string, Partial<WorkerReport>, string]>([
    ["a document that was created twice", toggled(2, 0), "toggle-0 exists, but 4 creations"],
    ["a deletion that was lost", toggled(0, 1), "toggle-0 exists, but 2 creations"],
    ["a turn that two workers had", { turns: [2, 3] }, "turn 3 of the lock was given"],
    ["a turn that one worker had twice", { turns: [2, 2] }, "turn 2 of the lock was given"],
    ["a turn that is gone", { turns: [2, 4] }, "ends at turn 3, but turn 4"],
    ["an error that must not occur", { unexpected: ["put: TypeError"] }, "b: put: TypeError"],
  ])("%s", (_, report, violation) => {
    const run = { workers: [a, { ...b, ...report }], observations: [seenByA, seenByB], final };
    expect(checkDocuments(run)).toContainEqual(expect.stringContaining(violation));
  });

  test.each<[string, Partial<ObservationReport>, string]>([
    ["a revision with two values", { revisions: [["r-2", "z {}"]] }, "revision r-2 was y {} and, for B, z {}"],
    ["a revision that two writes replaced", { replaced: ["r-1"] }, "revision r-1 was replaced by two"],
    ["an observation that must not occur", { unexpected: ["a watch ended"] }, "B: a watch ended"],
  ])("%s", (_, report, violation) => {
    const run = { workers: [a, b], observations: [seenByA, { ...seenByB, ...report }], final };
    expect(checkDocuments(run)).toContainEqual(expect.stringContaining(violation));
  });

  test("a run in which nothing happened", () => {
    const idle = { ...a, counters: {}, toggles: {}, turns: [], conflicts: 0 };
    const run = { workers: [idle], observations: [], final: { counters: {}, lock: undefined, toggles: [] } };
    expect(checkDocuments(run)).toHaveLength(5);
  });
});

describe("a stale read", () => {
  const read = (observations: Observations, sum: number): void => {
    const document = { collection: "c", id: "counter-0", revision: `r-${sum}` as Revision, value: { sum } };
    observations.read("get", document, performance.now());
  };

  test("is one that misses an acknowledged write, of this process or of another one", () => {
    const observations = new Observations("A", 60_000);
    read(observations, 1);
    observations.wrote("counter-0", { sum: 2 }, "r-2" as Revision, undefined);
    read(observations, 1);
    observations.learn("counter-0", 3);
    read(observations, 2);
    read(observations, 3);
    expect(observations.report()).toMatchObject({ staleReads: { get: 2 }, unexpected: [] });
  });

  test("is a violation if it is too old", () => {
    const observations = new Observations("A", 0);
    observations.learn("counter-0", 2);
    read(observations, 1);
    expect(observations.report().unexpected).toEqual([
      expect.stringMatching(/^a get found counter-0 at 1, but 2 had been acknowledged \d+ ms before$/),
    ]);
  });

  test("is not one that began before the write was acknowledged", () => {
    const observations = new Observations("A", 0);
    const beginMs = performance.now();
    observations.learn("counter-0", 2);
    observations.checkHeight("get", "counter-0", 1, beginMs);
    expect(observations.report()).toMatchObject({ staleReads: {}, unexpected: [] });
  });
});

/** A store with a mistake in some of its writes. */
class Broken extends MemoryDocumentStore {
  readonly #change: (options: DocumentWriteOptions) => DocumentWriteOptions;

  constructor(change: (options: DocumentWriteOptions) => DocumentWriteOptions) {
    super();
    this.#change = change;
  }

  override async putDocument<Value extends object>(
    collection: string,
    id: string,
    value: Value,
    options: DocumentWriteOptions = {},
  ): Promise<Revision> {
    return super.putDocument(collection, id, value, this.#change(options));
  }
}

/** Lets workers with overlapping calls work on a store. Returns the violations. */
async function violationsOf(store: DocumentStore): Promise<readonly string[]> {
  const observations = new Observations("A", 0);
  const workers = ["a", "b", "c"].map(
    (name, index) => new DocumentWorker(store, name, new Random(index), observations),
  );
  await Promise.all(
    workers.map(async (worker) => {
      for (let step = 0; step < 300; step++) await worker.step();
    }),
  );
  return checkDocuments({
    workers: workers.map((worker) => worker.report()),
    observations: [observations.report()],
    final: finalDocuments(await listed(store)),
  });
}

test("workers on a correct store find no violation", async () => {
  await using store = new MemoryDocumentStore();
  expect(await violationsOf(store)).toEqual([]);
});

test("workers find lost updates of a store that sometimes ignores the expected revision", async () => {
  const random = new Random(7);
  await using store = new Broken((options) => (random.chance(0.2) ? {} : options));
  // Which writes are lost depends on the order of the calls.
  const lost = expect.stringMatching(/lost increments|was replaced by two acknowledged writes/);
  expect(await violationsOf(store)).toContainEqual(lost);
});
