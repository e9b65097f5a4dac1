import type { FeedOptions, Position } from "@aether/core";
import { check, checkRejects, checkRejectsWith } from "../checks/check.ts";
import { collect, event, range } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { combined, readFeed } from "./feed-reads.ts";
import { namesOf, savedOne, saveMany } from "./saved-feeds.ts";

const notPositions: readonly unknown[] = ["", "x", "0", "latest", 0, 5, true, null, {}, [], new Date(0)];

/** Invalid options of `readFeed`, and the option that is wrong. */
const invalid: readonly (readonly [keyof FeedOptions, unknown])[] = [
  ...notPositions.map((value) => ["after", value] as const),
  ...[-1, 16, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "1", null, [1]].map((value) => ["partition", value] as const),
  ...[1, 0, "true", null, {}].map((value) => ["follow", value] as const),
  ...["x", "", 1, {}, [1], ["Tested", undefined], null].map((value) => ["eventTypes", value] as const),
  ...[5, null, ["a"], {}].map((value) => ["actorIdPrefix", value] as const),
  ...[5, null, {}, { aborted: false }].map((value) => ["signal", value] as const),
];

export const feedOptions: readonly StoreCase[] = storeCaseGroup(
  "feed",
  [
    {
      name: "invalid options are rejected by the loop",
      async run(context) {
        const store = await context.open("feed");
        const { receipt } = await savedOne(store, event("a", 1));
        const cut = [receipt.position.slice(0, -1), `${receipt.position} `, receipt.position.toUpperCase()];
        const changed = [...cut.slice(0, 2), `x${receipt.position}`].map((value) => ["after", value] as const);
        for (const [option, value] of invalid) {
          await checkRejects(
            "readFeed rejects an invalid option with InvalidArgumentError",
            { [option]: value },
            collect(store.readFeed({ [option]: value } as FeedOptions)),
            { code: "AETHER_INVALID_ARGUMENT" },
          );
        }
        for (const [option, value] of changed) {
          const code = await rejectionCode(collect(store.readFeed({ [option]: value as Position })));
          check("readFeed rejects a position that was changed", {
            given: { [option]: value },
            expected: true,
            actual: code === "AETHER_INVALID_ARGUMENT" || code === "AETHER_STREAM_RESET",
          });
        }
      },
    },
    {
      name: "options are read at the call, and later changes have no effect",
      async run(context) {
        const store = await context.open("feed");
        const eventOf = (n: number) =>
          event(`${n % 2 === 0 ? "a" : "b"}-${n}`, 1, { eventType: n % 3 === 0 ? "One" : "Two" });
        const all = await saveMany(context, store, eventOf, 250);
        const wanted = all.filter(
          ({ event: { eventType, actorId } }) => eventType === "One" && actorId.startsWith("a"),
        );
        const eventTypes = ["One"];
        const create = () => ({ eventTypes: [...eventTypes], actorIdPrefix: "a" });
        const change = (options: ReturnType<typeof create>): void => {
          options.eventTypes.push("Two");
          Object.assign(options, { actorIdPrefix: "b", partition: 3, after: all[9]?.receipt.position, eventTypes: [] });
        };
        for (const when of [
          "before the first page is requested",
          "after the first page",
          "while the first page is awaited",
        ]) {
          const options = create();
          const lazy = store.readFeed(options);
          if (when.startsWith("before")) change(options);
          const iterator = lazy[Symbol.asyncIterator]();
          const first = iterator.next();
          if (when.startsWith("while")) change(options);
          const pages = [];
          for (let step = await first; step.done !== true; step = await iterator.next()) {
            pages.push(step.value);
            if (pages.length === 1 && when.startsWith("after")) change(options);
          }
          check("a read uses its options as they were at the call of readFeed", {
            given: { options: create(), changed: when },
            expected: namesOf(wanted),
            actual: namesOf(combined(pages).stored),
          });
        }
        const options = Object.freeze({ eventTypes: Object.freeze(["One"]), actorIdPrefix: "a", follow: false });
        const { stored } = await readFeed(store, "frozen options", options);
        check("frozen options are accepted", { given: options, expected: namesOf(wanted), actual: namesOf(stored) });
      },
    },
    {
      name: "if several errors apply to a feed, the loop reports the first of them",
      async run(context) {
        const store = await context.open("feed");
        const elsewhere = await context.openElsewhere("feed");
        const { receipt } = await savedOne(elsewhere, event("elsewhere", 1));
        const signal = AbortSignal.abort(new Error("enough"));
        const foreign = { after: receipt.position };
        const guarantee = "an aborted signal is reported before a position of another storage";
        await checkRejectsWith(guarantee, foreign, collect(store.readFeed({ ...foreign, signal })), signal.reason);
        await store.close();
        const closed = "a closed store is reported before a position of another storage";
        await checkRejects(closed, foreign, collect(store.readFeed({ ...foreign, signal })), {
          code: "AETHER_STORE_CLOSED",
        });
      },
    },
    {
      name: "getLatestPosition never returns less than a save that was acknowledged before",
      async run(context) {
        const store = await context.open("feed");
        const second = context.supports.shared ? await context.open("feed") : store;
        await second.getLatestPosition();
        for (const n of range(1, 12)) {
          const { receipt } = await savedOne(n % 2 === 0 ? second : store, event(`actor ${n % 5}`, n));
          check("getLatestPosition is the position of the event that was saved last, in every open store", {
            given: { saves: n },
            expected: [receipt.position, receipt.position],
            actual: await Promise.all([store.getLatestPosition(), second.getLatestPosition()]),
          });
        }
      },
    },
  ],
  ["feed"],
);

async function rejectionCode(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
    return "none";
  } catch (error) {
    return (error as { readonly code?: unknown } | undefined)?.code;
  }
}
