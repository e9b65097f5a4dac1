import type { Event } from "@aether/core";
import { check, checkRejectsWith, outcomeOf } from "../checks/check.ts";
import { collect, event, events, range, versionsOf } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { saveAll } from "./save-all.ts";

/** Number of streams that are left early or open at the same time. Connection pools are often smaller. */
const STREAMS = 14;

const directions = ["forward", "backward"] as const;
const done = { done: true, value: undefined };

export const openStreams: readonly StoreCase[] = storeCaseGroup(
  "streaming reads",
  [
    {
      name: "streams that are left early keep nothing that later calls need",
      async run(context) {
        const store = await context.open("streaming");
        await saveAll(store, events("a", range(1, 20)));
        for (const round of range(1, STREAMS)) {
          for await (const _ of store.readEvents("a", { direction: directions[round % 2] ?? "forward" })) break;
        }
        await store.saveEvent(event("a", 21));
        check("readEvents yields every event after many streams were left early", {
          given: { saved: 21, streamsLeftAfterOneEvent: STREAMS },
          expected: range(1, 21),
          actual: versionsOf(await collect(store.readEvents("a"))),
        });
      },
    },
    {
      name: "many streams can be open at the same time, and do not block saves",
      async run(context) {
        const store = await context.open("streaming");
        await saveAll(store, events("a", range(1, 20)));
        const open = range(1, STREAMS).map((n) =>
          store.readEvents("a", { direction: directions[n % 2] ?? "forward" })[Symbol.asyncIterator](),
        );
        const first = await Promise.all(open.map((iterator) => iterator.next()));
        check("each of many open streams yields its first event", {
          given: { streams: STREAMS },
          expected: range(1, STREAMS).map((n) => (n % 2 === 0 ? 1 : 20)),
          actual: first.map(({ value }) => (value as Event | undefined)?.version),
        });
        await Promise.all([store.saveEvent(event("a", 21)), store.saveEvent(event("b", 1))]);
        const latest = [await store.getLatestVersion("a"), await store.getLatestVersion("b")];
        check("events can be saved while streams are open", {
          given: { openStreams: STREAMS, saved: { a: 21, b: 1 } },
          expected: [21, 1],
          actual: latest,
        });
        for (const iterator of open) await iterator.return?.();
      },
    },
    {
      name: "a stream that is left before its first event, has ended or has failed, yields nothing more",
      async run(context) {
        const store = await context.open("streaming");
        await saveAll(store, events("a", [1, 2]));
        const unread = store.readEvents("a")[Symbol.asyncIterator]();
        await unread.return?.();
        check("a stream that was left before its first event yields nothing", {
          given: "return(), next()",
          expected: done,
          actual: { ...(await unread.next()) },
        });
        const ended = store.readEvents("a", { limit: 1 })[Symbol.asyncIterator]();
        const steps = [await ended.next(), await ended.next(), await ended.next()];
        check("a stream that has ended yields nothing more", {
          given: "next() three times, with the limit 1",
          expected: [1, undefined, undefined],
          actual: steps.map(({ value }) => (value as Event | undefined)?.version),
        });
        const failed = store.readEvents("")[Symbol.asyncIterator]();
        await outcomeOf(failed.next());
        check("a stream that has failed yields nothing more", {
          given: "next() twice, with an invalid actor id",
          expected: done,
          actual: { ...(await failed.next()) },
        });
      },
    },
    {
      name: "options that are undefined have their defaults",
      async run(context) {
        const store = await context.open("streaming");
        await saveAll(store, events("a", range(1, 5)));
        const options = {
          fromVersion: undefined,
          toVersion: undefined,
          limit: undefined,
          direction: undefined,
          signal: undefined,
        };
        check("an option that is undefined has its default", {
          given: options,
          expected: range(1, 5),
          actual: versionsOf(await collect(store.readEvents("a", options))),
        });
      },
    },
    {
      name: "a signal that is aborted before the first event ends a stream, whatever its reason",
      async run(context) {
        const store = await context.open("streaming");
        await saveAll(store, events("a", range(1, 20)));
        for (const reason of [new Error("enough"), null, 0, "", false]) {
          for (const taken of [0, 1]) {
            const controller = new AbortController();
            const iterator = store.readEvents("a", { signal: controller.signal })[Symbol.asyncIterator]();
            if (taken > 0) await iterator.next();
            controller.abort(reason);
            const rest = async (): Promise<void> => {
              while ((await iterator.next()).done !== true);
            };
            await checkRejectsWith(
              "a stream whose signal is aborted rejects with signal.reason",
              { reason, aborted: taken === 0 ? "before the first event" : "after the first event" },
              rest(),
              reason,
            );
          }
        }
      },
    },
    {
      name: "close does not wait for streams that are not read to their end, and they can be left afterwards",
      async run(context) {
        const store = await context.open("streaming");
        await saveAll(store, events("a", range(1, 20)));
        const open = directions.map((direction) => store.readEvents("a", { direction })[Symbol.asyncIterator]());
        for (const iterator of open) await iterator.next();
        await store.close();
        for (const iterator of open) {
          const outcome = await outcomeOf(iterator.return?.() ?? Promise.resolve());
          check("a stream can be left after its store was closed", {
            given: "next(), close(), return()",
            expected: "fulfilled",
            actual: outcome.status === "fulfilled" ? outcome.status : outcome.reason,
          });
        }
      },
    },
  ],
  ["streaming"],
);
