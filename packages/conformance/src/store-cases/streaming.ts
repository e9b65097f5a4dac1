import type { Event, ReadOptions, StreamingEventStore } from "@aether/core";
import { check, checkRejects, checkRejectsWith } from "../checks/check.ts";
import { collect, event, events, range, versionsOf } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { saveAll } from "./save-all.ts";

const saved = [2, 3, 5, 9, 10, 11, 20];
const MAX = Number.MAX_SAFE_INTEGER;

/** Every kind of bound, both ways. */
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

function expectedVersions({
  fromVersion = 0,
  toVersion = MAX,
  limit = MAX,
  direction,
}: ReadOptions): readonly number[] {
  const wanted = saved.filter((version) => version >= fromVersion && version <= toVersion);
  return (direction === "backward" ? wanted.toReversed() : wanted).slice(0, limit);
}

/** Takes the next event of a read, like a loop does. */
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
      name: "a stream is what getEvents reads",
      async run(context) {
        const store = await context.open("streaming");
        const all = [event("a", 1, { metadata: { traceId: "t" } }), event("a", 4, { data: { deep: [{}] } })];
        for (const one of all) await store.saveEvent(one);
        await store.saveEvent(event("b", 1));
        const given = all;
        check("readEvents yields every event whole", {
          given,
          expected: all,
          actual: await collect(store.readEvents("a")),
        });
        const none = await collect(store.readEvents("nobody"));
        check("an actor without events yields none", { given: "nobody", expected: [], actual: none });
      },
    },
    {
      name: "a stream has bounds, a limit and a direction",
      async run(context) {
        const store = await context.open("streaming");
        await saveAll(store, events("a", saved));
        for (const options of reads) {
          check("readEvents yields the versions from fromVersion to toVersion, at most limit, in its direction", {
            given: { saved, options },
            expected: expectedVersions(options),
            actual: await versionsRead(store, options),
          });
        }
      },
    },
    {
      name: "a long stream is whole, both ways",
      async run(context) {
        const store = await context.open("streaming");
        await saveAll(store, events("a", range(1, 1_001)));
        const given = { saved: 1_001 };
        const expected = range(1, 1_001);
        check("1,001 events are streamed", { given, expected, actual: await versionsRead(store) });
        check("1,001 events are streamed backward", {
          given,
          expected: expected.toReversed(),
          actual: await versionsRead(store, { direction: "backward" }),
        });
      },
    },
    {
      name: "bad bounds are refused",
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
            "a bad option of readEvents is an InvalidArgumentError",
            { [argument]: value },
            collect(store.readEvents("a", { [argument]: value })),
            { code: "AETHER_INVALID_ARGUMENT", argument },
          );
        }
        for (const actorId of ["", "\ud800", undefined as unknown as string]) {
          const promise = "a bad actor id is an InvalidArgumentError";
          await checkRejects(promise, { actorId }, collect(store.readEvents(actorId)), {
            code: "AETHER_INVALID_ARGUMENT",
            argument: "actorId",
          });
        }
      },
    },
    {
      name: "nothing is read before the first event is asked for",
      async run(context) {
        const store = await context.open("streaming");
        await store.saveEvent(event("a", 1));
        const stream = store.readEvents("a");
        await store.saveEvent(event("a", 2));
        const iterator = stream[Symbol.asyncIterator]();
        await store.saveEvent(event("a", 3));
        const read: Event[] = [];
        for (let step = await next(iterator); step.done !== true; step = await next(iterator)) read.push(step.value);
        check("what was saved before the first event was asked for is read", {
          given: "1 saved, readEvents called, 2 saved, iterator made, 3 saved, then read",
          expected: [1, 2, 3],
          actual: versionsOf(read),
        });
        const late = store.readEvents("a")[Symbol.asyncIterator]();
        await store.close();
        await checkRejects("a stream of which nothing was read is refused after close", "readEvents", next(late), {
          code: "AETHER_STORE_CLOSED",
        });
      },
    },
    {
      name: "leaving the loop ends the read",
      async run(context) {
        const store = await context.open("streaming");
        await saveAll(store, events("a", range(1, 20)));
        for (const direction of ["forward", "backward"] as const) {
          for await (const { version } of store.readEvents("a", { direction })) {
            const given = { direction, break: "after the first event" };
            check("the first event is that at the beginning of the direction", {
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
        check("a read that was left yields nothing more", {
          given: "next(), return(), next()",
          expected: { done: true, value: undefined },
          actual: { ...(await next(iterator)) },
        });
        await store.saveEvent(event("a", 21));
        check("the store goes on", {
          given: "reads that were left",
          expected: 21,
          actual: (await versionsRead(store)).length,
        });
      },
    },
    {
      name: "each iteration of a stream is a read of its own",
      async run(context) {
        const store = await context.open("streaming");
        await saveAll(store, events("a", [1, 2]));
        const stream = store.readEvents("a");
        check("a stream is read", { given: [1, 2], expected: [1, 2], actual: versionsOf(await collect(stream)) });
        await store.saveEvent(event("a", 3));
        const again = versionsOf(await collect(stream));
        check("iterating a stream again reads afresh", {
          given: "3 saved in between",
          expected: [1, 2, 3],
          actual: again,
        });
        const [left, right] = [stream[Symbol.asyncIterator](), stream[Symbol.asyncIterator]()];
        const seen: unknown[] = [];
        for (const iterator of [left, right, left, right]) seen.push((await next(iterator)).value?.version);
        await Promise.all([left.return?.(), right.return?.()]);
        check("two reads of a stream do not share their place", {
          given: "two iterators, asked in turn",
          expected: [1, 1, 2, 2],
          actual: seen,
        });
      },
    },
    {
      name: "a signal ends a stream in the middle",
      async run(context) {
        const store = await context.open("streaming");
        await saveAll(store, events("a", range(1, 50)));
        const controller = new AbortController();
        const reason = new Error("enough");
        const iterator = store.readEvents("a", { signal: controller.signal })[Symbol.asyncIterator]();
        await next(iterator);
        controller.abort(reason);
        await checkRejectsWith(
          "the rest of a stream whose signal was aborted rejects with signal.reason",
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
