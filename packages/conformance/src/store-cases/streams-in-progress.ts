import { type Event, isAetherError, type StreamingEventStore } from "@aether/core";
import { check, outcomeOf } from "../checks/check.ts";
import { ConformanceError } from "../checks/conformance-error.ts";
import { event, events, range, versionsOf } from "../samples/events.ts";
import { type StoreCase, type StoreCaseContext, storeCaseGroup } from "../suite/store-case.ts";
import { saveAll, saveLongHistory } from "./save-all.ts";

const directions = ["forward", "backward"] as const;

/** Reads a stream to its end. Calls `between` after each event, with the number of events so far. */
async function readWith(
  stream: AsyncIterable<Event>,
  between: (count: number) => Promise<void>,
): Promise<readonly Event[]> {
  const found: Event[] = [];
  for await (const each of stream) {
    found.push(each);
    await between(found.length);
  }
  return found;
}

/** Opens a store that reads and one that saves: two stores if stores are `shared`, otherwise the same one. */
async function openReaderAndWriter(context: StoreCaseContext) {
  const reader = await context.open("streaming");
  const writer = context.supports.shared ? await context.open() : reader;
  return [reader, writer] as const;
}

/** Starts to read a stream, closes the store, and reads the rest. */
async function readWhileClosing(
  store: StreamingEventStore,
  direction: "forward" | "backward",
  count: number,
): Promise<{ readonly found: readonly Event[]; readonly error?: unknown }> {
  const iterator = store.readEvents("a", { direction })[Symbol.asyncIterator]();
  const found: Event[] = [];
  let closing: Promise<void> | undefined;
  for (;;) {
    const outcome = await outcomeOf(iterator.next());
    if (outcome.status === "rejected") {
      await closing;
      return { found, error: outcome.reason };
    }
    const { done, value } = outcome.value as IteratorResult<Event>;
    if (done === true) break;
    found.push(value);
    if (found.length === count) closing = store.close();
  }
  await closing;
  return { found };
}

export const streamsInProgress: readonly StoreCase[] = storeCaseGroup(
  "streaming reads",
  [
    {
      name: "a backward stream is complete although events are saved while it is read",
      async run(context) {
        const [reader, writer] = await openReaderAndWriter(context);
        const saved = await saveLongHistory(context, writer, 1_001);
        const last = saved.length;
        const found = await readWith(reader.readEvents("a", { direction: "backward" }), async (count) => {
          if (count === 1) await writer.saveEvent(event("a", last + 1));
          if (count === 9) await saveAll(writer, events("a", range(last + 2, last + 13)));
        });
        check("a backward stream yields the events that were stored when it began, each exactly once", {
          given: { saved: last, savedWhileReading: 13 },
          expected: range(1, last).toReversed(),
          actual: versionsOf(found),
        });
      },
    },
    {
      name: "a forward stream is complete although events are saved while it is read",
      async run(context) {
        const [reader, writer] = await openReaderAndWriter(context);
        const saved = await saveLongHistory(context, writer, 301);
        const last = saved.length;
        const found = await readWith(reader.readEvents("a"), async (count) => {
          if (count === 1) await writer.saveEvent(event("a", last + 1));
          if (count === last - 1) await saveAll(writer, events("a", range(last + 2, last + 13)));
        });
        check("a forward stream yields the events in order, without a gap, and at least those stored when it began", {
          given: { saved: last, savedWhileReading: 13 },
          expected: range(1, Math.min(Math.max(found.length, last), last + 13)),
          actual: versionsOf(found),
        });
      },
    },
    {
      name: "a stream of a range is complete although events are saved while it is read",
      async run(context) {
        const [reader, writer] = await openReaderAndWriter(context);
        await saveAll(writer, events("a", range(1, 60)));
        let next = 60;
        for (const direction of directions) {
          const options = { direction, fromVersion: 5, toVersion: 55, limit: 40 };
          const found = await readWith(reader.readEvents("a", options), async (count) => {
            if (count % 10 === 1) await writer.saveEvent(event("a", ++next));
          });
          const wanted = direction === "forward" ? range(5, 44) : range(16, 55).toReversed();
          check("a stream yields its range although other events are saved while it is read", {
            given: { saved: range(1, 60), options },
            expected: wanted,
            actual: versionsOf(found),
          });
        }
      },
    },
    {
      name: "a stream that is being read when the store is closed does not end early",
      async run(context) {
        const count = 120;
        for (const [direction, afterEvents] of [
          ["forward", 1],
          ["backward", 3],
        ] as const) {
          const store = await context.open("streaming");
          // Only durable stores still have the events of the first round.
          if ((await store.getLatestVersion("a")) === 0) await saveAll(store, events("a", range(1, count)));
          const { found, error } = await readWhileClosing(store, direction, afterEvents);
          const given = { saved: count, direction, closed: `after ${afterEvents} events` };
          if (error !== undefined && !isAetherError(error, "AETHER_STORE_CLOSED")) {
            throw new ConformanceError({
              guarantee: "a stream that is being read when the store is closed may only fail with StoreClosedError",
              given,
              expected: "all events, or StoreClosedError",
              actual: error,
              cause: error,
            });
          }
          const all = direction === "forward" ? range(1, count) : range(1, count).toReversed();
          check("a stream that is being read when the store is closed yields all events, or fails", {
            given,
            expected: error === undefined ? all : all.slice(0, found.length),
            actual: versionsOf(found),
          });
        }
      },
    },
  ],
  ["streaming"],
);
