import type { Event, ReadOptions, StreamingEventStore } from "@aether/core";
import { check, checkRejects, checkRejectsWith } from "../checks/check.ts";
import { collect, event, events, range, versionsOf } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { saveAll, saveLongHistory } from "./save-all.ts";

const saved = [2, 3, 5, 9, 10, 11, 20];
const MAX = Number.MAX_SAFE_INTEGER;

/** Reads with every kind of bound, in both directions. */
const reads: readonly ReadOptions[] = (["forward", "backward"] as const).flatMap((direction) =>
  [
    {},
    { fromVersion: 0 },
    { fromVersion: 5 },
    { fromVersion: 6 },
    { fromVersion: 20 },
    { fromVersion: 21 },
    { toVersion: 0 },
    { toVersion: 2 },
    { toVersion: 8 },
    { toVersion: 9 },
    { toVersion: MAX },
    { fromVersion: 3, toVersion: 10 },
    { fromVersion: 4, toVersion: 4 },
    { fromVersion: 9, toVersion: 9 },
    { fromVersion: 10, toVersion: 9 },
    { limit: 0 },
    { limit: 1 },
    { limit: 3 },
    { limit: 7 },
    { limit: MAX },
    { fromVersion: 3, toVersion: 11, limit: 2 },
    { fromVersion: 6, limit: 2 },
    { toVersion: 10, limit: 2 },
  ].map((bounds) => ({ ...bounds, direction })),
);

function expectedVersions(
  { fromVersion = 0, toVersion = MAX, limit = MAX, direction }: ReadOptions,
  all: readonly number[] = saved,
): readonly number[] {
  const wanted = all.filter((version) => version >= fromVersion && version <= toVersion);
  return (direction === "backward" ? wanted.toReversed() : wanted).slice(0, limit);
}

/** Requests the next event of a read, as a `for await` loop does. */
function next(iterator: AsyncIterator<Event>): Promise<IteratorResult<Event>> {
  return iterator.next();
}

async function versionsRead(store: StreamingEventStore, options?: ReadOptions): Promise<readonly number[]> {
  return versionsOf(await collect(store.readEvents("a", options)));
}

export const streaming: readonly StoreCase[] = storeCaseGroup(
  "streaming reads",
  [
    {
      name: "readEvents yields the events that getEvents returns",
      async run(context) {
        const store = await context.open("streaming");
        const all = [event("a", 1, { metadata: { traceId: "t" } }), event("a", 4, { data: { deep: [{}] } })];
        for (const each of all) await store.saveEvent(each);
        await store.saveEvent(event("b", 1));
        const given = all;
        check("readEvents yields every field of every event", {
          given,
          expected: all,
          actual: await collect(store.readEvents("a")),
        });
        const none = await collect(store.readEvents("without-events"));
        check("readEvents yields nothing for an actor without events", {
          given: "without-events",
          expected: [],
          actual: none,
        });
      },
    },
    {
      name: "readEvents respects its bounds, limit and direction",
      async run(context) {
        const store = await context.open("streaming");
        await saveAll(store, events("a", saved));
        for (const options of reads) {
          check(
            "readEvents yields the versions from fromVersion to toVersion, at most limit events, in its direction",
            {
              given: { saved, options },
              expected: expectedVersions(options),
              actual: await versionsRead(store, options),
            },
          );
        }
      },
    },
    {
      name: "a long stream is complete, in both directions",
      async run(context) {
        const store = await context.open("streaming");
        const all = versionsOf(await saveLongHistory(context, store, 1_101));
        const last = all.length;
        const long: readonly ReadOptions[] = [
          { fromVersion: 3, limit: last - 40 },
          { limit: last - 20, toVersion: last - 1, direction: "backward" },
        ];
        for (const options of long) {
          check("readEvents yields every event of a long range", {
            given: { saved: last, options },
            expected: expectedVersions(options, all),
            actual: await versionsRead(store, options),
          });
        }
        for (const fromVersion of [2, last - 50, last]) {
          check("getEvents from any version of a long history returns every event from that version", {
            given: { saved: last, fromVersion },
            expected: all.filter((version) => version >= fromVersion),
            actual: versionsOf(await store.getEvents("a", fromVersion)),
          });
        }
      },
    },
    {
      name: "invalid options are rejected",
      async run(context) {
        const store = await context.open("streaming");
        const bad: readonly (readonly [string, unknown])[] = [
          ...["fromVersion", "toVersion", "limit"].flatMap((argument) =>
            [-1, 1.5, Number.NaN, "1"].map((value) => [argument, value] as const),
          ),
          ["direction", "sideways"],
        ];
        for (const [argument, value] of bad) {
          await checkRejects(
            "readEvents rejects an invalid option with InvalidArgumentError",
            { [argument]: value },
            collect(store.readEvents("a", { [argument]: value })),
            { code: "AETHER_INVALID_ARGUMENT", argument },
          );
        }
        for (const actorId of ["", "\ud800", undefined as unknown as string]) {
          const guarantee = "reads reject an invalid actor id with InvalidArgumentError";
          await checkRejects(guarantee, { actorId }, collect(store.readEvents(actorId)), {
            code: "AETHER_INVALID_ARGUMENT",
            argument: "actorId",
          });
        }
      },
    },
    {
      name: "options are read at the call, and later changes have no effect",
      async run(context) {
        const store = await context.open("streaming");
        await saveAll(store, events("a", range(1, 9)));
        const options: { -readonly [Option in keyof ReadOptions]: ReadOptions[Option] } = { fromVersion: 3, limit: 4 };
        const stream = store.readEvents("a", options);
        Object.assign(options, { fromVersion: 5, toVersion: 6, limit: 1, direction: "backward" });
        check("readEvents uses its options as they were at the call", {
          given: "{ fromVersion: 3, limit: 4 }, changed after the call",
          expected: [3, 4, 5, 6],
          actual: versionsOf(await collect(stream)),
        });
      },
    },
    {
      name: "nothing is read before the first event is requested",
      async run(context) {
        const store = await context.open("streaming");
        await store.saveEvent(event("a", 1));
        const stream = store.readEvents("a");
        await store.saveEvent(event("a", 2));
        const iterator = stream[Symbol.asyncIterator]();
        await store.saveEvent(event("a", 3));
        const read: Event[] = [];
        for (let step = await next(iterator); step.done !== true; step = await next(iterator)) read.push(step.value);
        check("readEvents yields events that were saved before the first one was requested", {
          given: "1 saved, readEvents called, 2 saved, iterator created, 3 saved, then read",
          expected: [1, 2, 3],
          actual: versionsOf(read),
        });
        const late = store.readEvents("a")[Symbol.asyncIterator]();
        await store.close();
        await checkRejects(
          "a stream that has not been read rejects with StoreClosedError after close",
          "readEvents",
          next(late),
          {
            code: "AETHER_STORE_CLOSED",
          },
        );
      },
    },
    {
      name: "leaving the for await loop ends the read",
      async run(context) {
        const store = await context.open("streaming");
        await saveAll(store, events("a", range(1, 20)));
        for (const direction of ["forward", "backward"] as const) {
          for await (const { version } of store.readEvents("a", { direction })) {
            const given = { direction, break: "after the first event" };
            check("a backward read starts with the highest version, and a forward read with the lowest", {
              given,
              expected: direction === "forward" ? 1 : 20,
              actual: version,
            });
            break;
          }
        }
        const iterator = store.readEvents("a")[Symbol.asyncIterator]();
        await next(iterator);
        await iterator.return?.();
        check("a read yields no events after return()", {
          given: "next(), return(), next()",
          expected: { done: true, value: undefined },
          actual: { ...(await next(iterator)) },
        });
        await store.saveEvent(event("a", 21));
        check("the store still saves and reads events", {
          given: "reads that were ended by a break",
          expected: 21,
          actual: (await versionsRead(store)).length,
        });
      },
    },
    {
      name: "each iteration of a stream is a new read",
      async run(context) {
        const store = await context.open("streaming");
        await saveAll(store, events("a", [1, 2]));
        const stream = store.readEvents("a");
        check("the first iteration yields all events", {
          given: [1, 2],
          expected: [1, 2],
          actual: versionsOf(await collect(stream)),
        });
        await store.saveEvent(event("a", 3));
        const again = versionsOf(await collect(stream));
        check("the next iteration also yields the events that were saved in between", {
          given: "3 saved in between",
          expected: [1, 2, 3],
          actual: again,
        });
        const [left, right] = [stream[Symbol.asyncIterator](), stream[Symbol.asyncIterator]()];
        const seen: unknown[] = [];
        for (const iterator of [left, right, left, right]) seen.push((await next(iterator)).value?.version);
        await Promise.all([left.return?.(), right.return?.()]);
        check("two iterations of a stream at the same time are independent", {
          given: "two iterators, used in turn",
          expected: [1, 1, 2, 2],
          actual: seen,
        });
      },
    },
    {
      name: "aborting the signal ends a stream",
      async run(context) {
        const store = await context.open("streaming");
        await saveAll(store, events("a", range(1, 50)));
        const controller = new AbortController();
        const reason = new Error("enough");
        const iterator = store.readEvents("a", { signal: controller.signal })[Symbol.asyncIterator]();
        await next(iterator);
        controller.abort(reason);
        await checkRejectsWith(
          "a stream whose signal is aborted rejects with signal.reason",
          "50 events, aborted after the first",
          (async () => {
            while ((await next(iterator)).done !== true);
          })(),
          reason,
        );
      },
    },
  ],
  ["streaming"],
);
