import { check, checkFrozen, checkRejects } from "../checks/check.ts";
import { event, events, versionsOf } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { checkPositionsAscend } from "./check-positions.ts";
import { saveAll } from "./save-all.ts";

export const durability: readonly StoreCase[] = storeCaseGroup(
  "durability",
  [
    {
      name: "events are still stored after the store is closed and opened again",
      async run(context) {
        const first = await context.open();
        const all = [event("a", 1, { metadata: { traceId: "t" } }), event("a", 2, { data: { é: [null, "\u2028"] } })];
        for (const each of all) await first.saveEvent(each);
        await saveAll(first, events("b", [3, 10, 11]));
        await first.close();
        const second = await context.open();
        const given = "saved, closed, opened again";
        check("getEvents returns every event completely after reopening", {
          given,
          expected: all,
          actual: await second.getEvents("a"),
        });
        check("getEvents returns the events of the other actor completely", {
          given,
          expected: events("b", [3, 10, 11]),
          actual: await second.getEvents("b"),
        });
        check("getLatestVersion returns the latest version after reopening", {
          given,
          expected: 11,
          actual: await second.getLatestVersion("b"),
        });
        await second.saveEvent(event("a", 3));
        await second.close();
        const third = await context.open();
        check("getEvents returns every event completely after the second reopening", {
          given,
          expected: [...all, event("a", 3)],
          actual: await third.getEvents("a"),
        });
      },
    },
    {
      name: "a reopened store rejects versions that are taken",
      async run(context) {
        const first = await context.open();
        await saveAll(first, events("a", [1, 2, 3]));
        await first.close();
        const second = await context.open();
        const given = { saved: [1, 2, 3], reopened: true };
        const conflict = { code: "AETHER_VERSION_CONFLICT", currentVersion: 3 } as const;
        const older = "after reopening, saveEvent rejects an older version with VersionConflictError";
        const attempt = (version: number, id: string) => second.saveEvent(event("a", version, { id }));
        await checkRejects(
          "after reopening, saveEvent rejects the latest version with VersionConflictError",
          given,
          attempt(3, "x"),
          { ...conflict, sameEvent: false },
        );
        await checkRejects(older, given, attempt(1, "x"), { ...conflict, sameEvent: false });
        await checkRejects("after reopening, sameEvent is true for a repeated save", given, attempt(3, "a#3"), {
          ...conflict,
          sameEvent: true,
        });
        await checkRejects(older, given, attempt(2, "a#2"), { ...conflict, sameEvent: true });
        await second.saveEvent(event("a", 4));
        check("the next version is accepted", { given, expected: 4, actual: await second.getLatestVersion("a") });
      },
    },
    {
      name: "positions continue to ascend after reopening",
      async run(context) {
        const first = await context.open();
        const before = [await first.saveEvent(event("a", 1)), await first.saveEvent(event("b", 1))];
        await first.close();
        const second = await context.open();
        const after = [await second.saveEvent(event("a", 2)), await second.saveEvent(event("c", 1))];
        checkPositionsAscend(
          "a1 b1, reopened, a2 c1",
          [...before, ...after].map(({ position }) => position),
        );
      },
    },
    {
      name: "actors are kept apart after reopening",
      async run(context) {
        const first = await context.open();
        const ids = [
          "a.b",
          "a_b",
          "a b",
          "A.B",
          "*",
          "%",
          "é",
          "e\u0301",
          "__proto__",
          "constructor",
          "\u0000",
          "\n",
          " ",
        ];
        await Promise.all(ids.map((actorId) => first.saveEvent(event(actorId, 1))));
        await first.close();
        const second = await context.open();
        for (const actorId of ids) {
          const actual = await second.getEvents(actorId);
          check("getEvents returns only the events of this actor", {
            given: { actorId },
            expected: [event(actorId, 1)],
            actual,
          });
        }
      },
    },
    {
      name: "events are deeply frozen after reopening",
      async run(context) {
        const first = await context.open();
        await first.saveEvent(event("a", 1, { data: { list: [{}] }, metadata: { traceId: "t" } }));
        await first.close();
        const read = await (await context.open()).getEvents("a");
        check("the event is stored after reopening", { given: "reopened", expected: 1, actual: read.length });
        for (const each of read) {
          checkFrozen("events that are read are deeply frozen", "read by a store that did not save it", each);
        }
      },
    },
    {
      name: "an interrupted batch is stored completely or not at all",
      needs: ["batch"],
      needsDamage: "interruptedSave",
      async run(context) {
        const first = await context.open();
        await first.saveEvent(event("a", 1));
        await first.close();
        await context.interruptedSave(events("a", [2, 3, 4]));
        const second = await context.open();
        const given = { saved: [1], interrupted: [2, 3, 4] };
        const found = versionsOf(await second.getEvents("a"));
        const whole = found.length > 1 ? [1, 2, 3, 4] : [1];
        check("getEvents returns all events of an interrupted batch or none", {
          given,
          expected: whole,
          actual: found,
        });
        const latest = whole.at(-1) ?? 1;
        check("getLatestVersion returns the version of the last event", {
          given,
          expected: latest,
          actual: await second.getLatestVersion("a"),
        });
        await second.saveEvent(event("a", latest + 1));
        await second.close();
        const third = await context.open();
        check("events that are saved after an interrupted batch are stored completely", {
          given,
          expected: [...whole, latest + 1],
          actual: versionsOf(await third.getEvents("a")),
        });
      },
    },
    {
      name: "an interrupted save does not affect other events",
      needsDamage: "interruptedSave",
      async run(context) {
        const first = await context.open();
        await first.saveEvent(event("b", 1));
        await first.close();
        await context.interruptedSave([event("a", 1)]);
        const second = await context.open();
        const given = { saved: "b1", interrupted: "a1" };
        const found = await second.getEvents("a");
        const whole = found.length > 0 ? [event("a", 1)] : [];
        check("getEvents returns an interrupted event completely or not at all", {
          given,
          expected: whole,
          actual: found,
        });
        check("getEvents returns the events of the other actor unchanged", {
          given,
          expected: events("b", [1]),
          actual: await second.getEvents("b"),
        });
        await second.saveEvent(event("a", 2));
        await second.saveEvent(event("b", 2));
        await second.close();
        const third = await context.open();
        const after = [...whole, event("a", 2)];
        check("events that are saved after an interrupted save are stored completely", {
          given,
          expected: after,
          actual: await third.getEvents("a"),
        });
        check("getEvents returns the events of the other actor completely", {
          given,
          expected: events("b", [1, 2]),
          actual: await third.getEvents("b"),
        });
      },
    },
  ],
  ["durable"],
);
