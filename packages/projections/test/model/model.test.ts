import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defineProjection, type Projection, testProjection } from "../../src/index.ts";
import type { LeftOut } from "./lossy-documents.ts";
import { type ModelDocument, type ModelEvent, runModel, type Schedule } from "./run-model.ts";

/** The order of the events matters in each of these. */
const next = (document: { readonly n: number } | undefined, n: number): number =>
  ((document?.n ?? 0) * 3 + n) % 1_000_003;
const evolve: Projection<ModelEvent, ModelDocument>["evolve"] = {
  Placed: (document, { data }) => ({ n: next(document, data.n), customer: data.customer }),
  Paid: (document, { data }) => ({ ...document, n: next(document, data.n) }),
  Deleted: () => undefined,
};
const define = (name: string, rest: Partial<Projection<ModelEvent, ModelDocument>> = {}) =>
  defineProjection<ModelEvent, ModelDocument>({ name, version: 1, evolve, ...rest });
const customerOf = (event: ModelEvent | undefined): string[] =>
  event?.eventType === "Placed" ? [event.data.customer] : [];

const own = define("own");
/** An event changes some documents, and leaves others as they are. */
const choosy = define("choosy", {
  evolve: {
    ...evolve,
    Placed: (document, { data }) => (document?.n === undefined || document.n % 3 === 0 ? { n: data.n } : document),
    Paid: (document, { data }) => (document !== undefined && document.n % 2 === 0 ? document : { n: data.n }),
  },
});
const shared = define("shared", { documentId: ({ actorId }) => ["all", actorId] });
const history = define("history", {
  documentId: async (event, { history }) => [
    event.actorId,
    ...customerOf((await history()).findLast(({ eventType }) => eventType === "Placed")),
  ],
});
const lookup = define("lookup", {
  readsDocuments: true,
  documentId: async (event, { read }) => {
    if (event.eventType === "Placed") return [event.actorId, event.data.customer];
    // Depends on every earlier event of the order, so that a read of the future almost always finds another customer.
    const order = await read(event.actorId);
    return order === undefined ? event.actorId : [event.actorId, `customer-${order.n % 2}`];
  },
});

const schedules = (fixed: Partial<Schedule>): fc.Arbitrary<Schedule> =>
  fc.record({
    events: fc.array(
      fc.record({
        actor: fc.nat(2),
        type: fc.constantFrom("Placed", "Paid", "Paid", "Deleted"),
        customer: fc.nat(1),
      }),
      { minLength: 2, maxLength: 14 },
    ),
    seed: fc.integer({ min: 1, max: 2 ** 31 }),
    partitions: fc.constant(fixed.partitions ?? 1),
    isAtomic: fc.constant(fixed.isAtomic ?? false),
    fault: fc.constantFrom(0, 0.05, 0.15),
    owners: fc.constantFrom(1, 2, 3),
  });

/** Returns the documents that a plain fold makes. */
async function plainFold(
  projection: Projection<ModelEvent, ModelDocument>,
  { events }: Schedule,
): Promise<{ readonly check: (found: Record<string, unknown>) => Promise<boolean> }> {
  const given = events.map(({ actor, type, customer }, index) => ({
    actorId: `actor-${actor}`,
    eventType: type,
    data: { customer: `customer-${customer}`, n: index + 1 },
  }));
  const fold = testProjection(projection).given(...(given as never[]));
  const ids = ["all", "actor-0", "actor-1", "actor-2", "customer-0", "customer-1"];
  return {
    check: async (found) => {
      for (const id of ids) {
        const document = found[id] as ModelDocument | undefined;
        const expected = document === undefined ? fold.expectNone(id) : fold.expect(id, document);
        if (
          !(await expected.then(
            () => true,
            () => false,
          ))
        )
          return false;
      }
      return true;
    },
  };
}

const property = (projection: Projection<ModelEvent, ModelDocument>, fixed: Partial<Schedule>, leftOut?: LeftOut) =>
  fc.asyncProperty(schedules(fixed), async (schedule) => {
    const { check } = await plainFold(projection, schedule);
    return check(await runModel(projection, schedule, leftOut));
  });

describe("any interleaving of crashes, lost messages, repeated pages and owners ends as a plain fold", () => {
  test.each([
    ["own, 1 partition, single writes", own, { partitions: 1, isAtomic: false }],
    ["own, 16 partitions, single writes", own, { partitions: 16, isAtomic: false }],
    ["own, 1 partition, atomic", own, { partitions: 1, isAtomic: true }],
    ["choosy, 1 partition, single writes", choosy, { partitions: 1, isAtomic: false }],
    ["shared, 1 partition, single writes", shared, { partitions: 1, isAtomic: false }],
    ["shared, 16 partitions, single writes", shared, { partitions: 16, isAtomic: false }],
    ["history, 1 partition, single writes", history, { partitions: 1, isAtomic: false }],
    ["history, 16 partitions, atomic", history, { partitions: 16, isAtomic: true }],
    ["lookup, 1 partition, atomic", lookup, { partitions: 1, isAtomic: true }],
  ] as const)("%s", async (_, projection, fixed) => {
    await fc.assert(property(projection, fixed), { numRuns: fixed.partitions === 1 ? 300 : 40 });
  });
});

describe("every rule is needed", () => {
  test.each([
    ["compare-and-set", own, { partitions: 1 }],
    ["position", own, { partitions: 1 }],
    ["tombstone", own, { partitions: 1 }],
    ["partition by document", shared, { partitions: 16 }],
    ["atomic reads", lookup, { partitions: 1, isAtomic: false }],
  ] as const)("without: %s", async (leftOut, projection, fixed) => {
    const result = await fc.check(property(projection, fixed, leftOut), { numRuns: 3_000, endOnFailure: true });
    expect(result.failed).toBe(true);
  });
});
