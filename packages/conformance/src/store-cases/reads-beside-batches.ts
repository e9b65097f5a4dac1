import { type BatchEventStore, type Event, type EventStore, isAetherError, type SaveReceipt } from "@aether/core";
import { check, checkRejects, outcomeOf } from "../checks/check.ts";
import { nextTurn } from "../checks/next-turn.ts";
import { event, events, range, versionsOf } from "../samples/events.ts";
import { type StoreCase, type StoreCaseContext, storeCaseGroup } from "../suite/store-case.ts";
import { checkPositionsAscend } from "./check-positions.ts";
import { type Reader, readersOf } from "./readers.ts";

/** Maximum number of reads of each kind that start in the turn of the save, one after the other. */
const EARLY_READS = 12;
/** Maximum number of rounds of reads after that. A store that reads synchronously would starve its own save. */
const ROUNDS = 4;

/** Checks that reads beside a batch return all of it or nothing. Resolves to false if the batch is too large. */
async function readBeside(writer: BatchEventStore, reader: EventStore, batch: readonly Event[]): Promise<boolean> {
  const before = [1];
  const after = [1, ...versionsOf(batch)];
  const given = { saved: before, saving: `a batch of ${batch.length} events`, sameStore: writer === reader };
  const readers = readersOf(reader);
  const one = async ({ call, read, select }: Reader): Promise<void> => {
    const seen = await read(reader);
    const whole = select(after);
    const isNone = seen.length === select(before).length && seen[0] === select(before)[0];
    check("a concurrent read sees all of a batch or nothing", {
      given: { ...given, call },
      expected: isNone ? select(before) : whole,
      actual: seen,
    });
  };
  let isDone = false;
  const saving = outcomeOf(writer.saveEvents(batch)).finally(() => {
    isDone = true;
  });
  const reads: Promise<void>[] = [];
  const checked = (work: Promise<void>): void => {
    work.catch(() => {});
    reads.push(work);
  };
  // Each read starts one microtask later than the one before it.
  for (let index = 0; index < EARLY_READS && !isDone; index++) {
    // Every second read is a cheap one, so that more moments are covered.
    const each = readers[index % 2 === 0 ? 1 : (index >> 1) % readers.length];
    if (each !== undefined) checked(one(each));
    await undefined;
  }
  await Promise.all(reads);
  for (let round = 0; round < ROUNDS && !isDone; round++) {
    for (const each of readers) await one(each);
    await nextTurn();
  }
  const outcome = await saving;
  if (outcome.status === "rejected") {
    if (!isAetherError(outcome.reason, "AETHER_EVENT_TOO_LARGE")) throw outcome.reason;
    return false;
  }
  for (const each of readers) await one(each);
  return true;
}

const sizes = [1_001, 257, 100, 20, 4];

/** Saves the largest batch that the store accepts. It starts at version 2. */
async function saveLargest(store: BatchEventStore) {
  for (const size of sizes) {
    const batch = events("a", range(2, size + 1));
    const outcome = await outcomeOf(store.saveEvents(batch));
    if (outcome.status === "fulfilled") return { batch, receipts: outcome.value as readonly SaveReceipt[] };
    if (!isAetherError(outcome.reason, "AETHER_EVENT_TOO_LARGE")) throw outcome.reason;
  }
  const batch = events("a", [2, 3]);
  return { batch, receipts: await store.saveEvents(batch) };
}

/** Saves a large batch beside reads. If it is too large for the store, tries a smaller one. */
async function checkLargeBatch(
  context: StoreCaseContext,
  open: () => Promise<readonly [BatchEventStore, EventStore]>,
): Promise<void> {
  const [writer, reader] = await open();
  await writer.saveEvent(event("a", 1));
  await reader.getEvents("a");
  for (const size of sizes) {
    if (await readBeside(writer, reader, events("a", range(2, size + 1)))) return;
  }
  check("a batch of four small events is not too large", {
    given: context.supports,
    expected: "stored",
    actual: "rejected as too large",
  });
}

export const readsBesideBatches: readonly StoreCase[] = storeCaseGroup(
  "batches",
  [
    {
      name: "every kind of read beside a large batch returns all of it or nothing",
      async run(context) {
        await checkLargeBatch(context, async () => {
          const store = await context.open("batch");
          return [store, store];
        });
      },
    },
    {
      name: "every kind of read by another open store, beside a large batch, returns all of it or nothing",
      needs: ["shared"],
      async run(context) {
        await checkLargeBatch(context, async () => [await context.open("batch"), await context.open()]);
      },
    },
    {
      name: "a large batch can be repeated, and its positions ascend",
      async run(context) {
        const store = await context.open("batch");
        const before = await store.saveEvent(event("a", 1));
        const { batch, receipts } = await saveLargest(store);
        const last = batch.at(-1)?.version ?? 0;
        const after = await store.saveEvent(event("a", last + 1));
        checkPositionsAscend(
          `an event, a batch of ${batch.length} events, an event`,
          [before, ...receipts, after].map(({ position }) => position),
        );
        const changed = [...batch.slice(0, -1), event("a", last, { id: "another" })];
        for (const { repeated, sameEvent } of [
          { repeated: batch.slice(batch.length >> 1), sameEvent: true },
          { repeated: changed, sameEvent: false },
        ]) {
          await checkRejects(
            "sameEvent is true if, and only if, every event of the batch is stored at its own version",
            { saved: last + 1, repeated: repeated.length, lastId: repeated.at(-1)?.id },
            store.saveEvents(repeated),
            { code: "AETHER_VERSION_CONFLICT", currentVersion: last + 1, sameEvent },
          );
        }
      },
    },
  ],
  ["batch"],
);
