import type { Event } from "@aether/core";
import { check, checkRejects, outcomeOf } from "../checks/check.ts";
import { event, events } from "../samples/events.ts";
import { everyJson, hostileEvents } from "../samples/hostile-events.ts";
import { hostileTexts, longText } from "../samples/hostile-texts.ts";
import { hostileNumbers } from "../samples/hostile-values.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { checkEveryRead } from "./every-read.ts";
import { saveAll, saveSingly } from "./save-all.ts";

const hostile = "events with hostile ids, types, versions, timestamps, data and metadata";

/** Every second event of a list, beginning with the first or the second one. */
function half(all: readonly Event[], first: 0 | 1): readonly Event[] {
  return all.filter((_, index) => index % 2 === first);
}

export const contents: readonly StoreCase[] = storeCaseGroup("contents", [
  {
    name: "events that are saved one by one are read back unchanged, by every read",
    async run(context) {
      const store = await context.open();
      const saved = hostileEvents("a");
      await saveSingly(store, saved);
      await checkEveryRead(store, `${hostile}, one by one`, saved);
    },
  },
  {
    name: "events that are saved in batches are read back unchanged, by every read",
    needs: ["batch"],
    async run(context) {
      const store = await context.open("batch");
      const saved = hostileEvents("a");
      await saveAll(store, saved);
      await checkEveryRead(store, `${hostile}, in batches`, saved);
    },
  },
  {
    name: "events that are saved at the same time are read back unchanged, by every read",
    async run(context) {
      const store = await context.open();
      const second = context.supports.shared ? await context.open() : store;
      const [one, two] = [half(hostileEvents("one"), 0), half(hostileEvents("two"), 1)];
      const three = hostileEvents("three").slice(0, 16);
      await Promise.all([saveSingly(store, one), saveSingly(store, two), saveAll(second, three)]);
      await checkEveryRead(second, `${hostile}, at the same time`, one);
      for (const saved of [two, three]) {
        check("events that are saved at the same time are read back unchanged", {
          given: `${hostile}, at the same time`,
          expected: saved,
          actual: await second.getEvents(saved[0]?.actorId ?? ""),
        });
      }
    },
  },
  {
    name: "a reopened store reads events unchanged, by every read",
    needs: ["durable"],
    async run(context) {
      const saved = hostileEvents("a");
      const first = await context.open();
      await saveAll(first, half(saved, 0).slice(0, 10));
      await saveSingly(first, half(saved, 1).slice(10));
      await first.close();
      const expected = [...half(saved, 0).slice(0, 10), ...half(saved, 1).slice(10)];
      await checkEveryRead(await context.open(), `${hostile}; then the store was closed and opened again`, expected);
    },
  },
  {
    name: "another open store reads events unchanged, by every read",
    needs: ["shared"],
    async run(context) {
      const [first, second] = [await context.open(), await context.open()];
      const saved = hostileEvents("a");
      await saveSingly(first, saved.slice(0, 20));
      await second.getEvents("a");
      await saveAll(first, saved.slice(20));
      await checkEveryRead(second, `${hostile}, by another open store`, saved);
    },
  },
  {
    name: "text in data and metadata may have lone surrogates",
    async run(context) {
      const store = await context.open();
      const text = "high \ud83d, low \udca5, swapped \udca5\ud83d";
      const saved = event("a", 1, { data: { text, [text]: [text] }, metadata: { text, [text]: "value" } });
      await store.saveEvent(saved);
      check("text in data and metadata is kept unchanged, even if it has lone surrogates", {
        given: saved,
        expected: [saved],
        actual: await store.getEvents("a"),
      });
    },
  },
  {
    name: "a long event id or event type is stored unchanged, or rejected",
    async run(context) {
      const store = await context.open();
      const saved: Event[] = [];
      const names = [200, 255, 256, 257, 512, 1_024, 2_048].map((length) => longText(length));
      const attempts = [...names, longText(129, "é")].flatMap((name) => [{ id: name }, { eventType: name }]);
      for (const [index, field] of attempts.entries()) {
        const attempt = event("a", index + 1, field);
        const outcome = await outcomeOf(store.saveEvent(attempt));
        if (outcome.status === "fulfilled") saved.push(attempt);
        else {
          await checkRejects(
            "an event id or event type that is too long for the store is rejected with InvalidEventError",
            { field: Object.keys(field)[0], characters: Object.values(field)[0]?.length },
            Promise.reject(outcome.reason),
            { code: "AETHER_INVALID_EVENT", path: Object.keys(field)[0] ?? "" },
          );
        }
      }
      await checkEveryRead(store, "events with long ids or long types", saved, "a");
    },
  },
  {
    name: "a large event is stored unchanged, or rejected as too large, by every read",
    async run(context) {
      const store = await context.open();
      const saved: Event[] = [];
      for (const [index, length] of [9_999, 65_535, 65_536, 131_072].entries()) {
        // An odd number of bytes and of UTF-16 units comes first, so that blocks end inside of characters.
        const text = `${`x${["x", "中", "\u{1F4A5}", "é"][index]?.repeat(length)}`.slice(0, length - 1)}$`;
        const large = event("a", index + 1, { data: { text } });
        const outcome = await outcomeOf(index % 2 === 0 ? saveAll(store, [large]) : store.saveEvent(large));
        if (outcome.status === "fulfilled") saved.push(large);
        else {
          await checkRejects(
            "a save that is too large is rejected with EventTooLargeError",
            { textOf: length },
            Promise.reject(outcome.reason),
            { code: "AETHER_EVENT_TOO_LARGE", actorId: "a" },
          );
        }
      }
      const reader = context.supports.shared ? await context.open() : store;
      await checkEveryRead(reader, "events with texts of 9,999 to 131,072 characters", saved, "a");
    },
  },
  {
    name: "the state of a snapshot is read back unchanged",
    needs: ["snapshots"],
    async run(context) {
      const store = await context.open("snapshots");
      await saveAll(store, events("a", [1, 2, 3]));
      const states = [
        { numbers: hostileNumbers },
        { texts: hostileTexts, [hostileTexts.at(-1) ?? ""]: hostileTexts.at(-1) },
        { everyJson },
      ];
      for (const [index, state] of states.entries()) {
        const version = index + 1;
        await store.saveSnapshot({ actorId: "a", version, state });
        const { timestamp: _, ...found } = (await store.getLatestSnapshot("a")) ?? { timestamp: "" };
        check("getLatestSnapshot returns the state unchanged", {
          given: Object.keys(state)[0],
          expected: { actorId: "a", version, state },
          actual: found,
        });
      }
    },
  },
]);
