import { check, checkFrozen, checkRejects } from "../checks/check.ts";
import { event, events, versionsOf } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { checkPositionsAscend } from "./check-positions.ts";
import { saveAll } from "./save-all.ts";

export const durability: readonly StoreCase[] = storeCaseGroup(
  "durability",
  [
    {
      name: "events outlive the store that saved them",
      async run(context) {
        const first = await context.open();
        const all = [event("a", 1, { metadata: { traceId: "t" } }), event("a", 2, { data: { é: [null, "\u2028"] } })];
        for (const one of all) await first.saveEvent(one);
        await saveAll(first, events("b", [3, 10, 11]));
        await first.close();
        const second = await context.open();
        const given = "saved, closed, opened again";
        check("a reopened store has every event whole", { given, expected: all, actual: await second.getEvents("a") });
        check("what is saved for another actor is whole", {
          given,
          expected: events("b", [3, 10, 11]),
          actual: await second.getEvents("b"),
        });
        check("a reopened store knows the latest version", {
          given,
          expected: 11,
          actual: await second.getLatestVersion("b"),
        });
        await second.saveEvent(event("a", 3));
        await second.close();
        const third = await context.open();
        check("a store opened for the third time has every event whole", {
          given,
          expected: [...all, event("a", 3)],
          actual: await third.getEvents("a"),
        });
      },
    },
    {
      name: "a reopened store refuses what is taken",
      async run(context) {
        const first = await context.open();
        await saveAll(first, events("a", [1, 2, 3]));
        await first.close();
        const second = await context.open();
        const given = { saved: [1, 2, 3], reopened: true };
        const conflict = { code: "AETHER_VERSION_CONFLICT", currentVersion: 3 } as const;
        const older = "an older version that is taken is a conflict after reopening";
        const attempt = (version: number, id: string) => second.saveEvent(event("a", version, { id }));
        await checkRejects("a taken version is a conflict", given, attempt(3, "x"), { ...conflict, sameEvent: false });
        await checkRejects(older, given, attempt(1, "x"), { ...conflict, sameEvent: false });
        await checkRejects("a repeated save is the same event", given, attempt(3, "a#3"), {
          ...conflict,
          sameEvent: true,
        });
        await checkRejects(older, given, attempt(2, "a#2"), { ...conflict, sameEvent: true });
        await second.saveEvent(event("a", 4));
        check("the next version is accepted", { given, expected: 4, actual: await second.getLatestVersion("a") });
      },
    },
    {
      name: "positions go on where they were",
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
          check("an actor has its own events alone", { given: { actorId }, expected: [event(actorId, 1)], actual });
        }
      },
    },
    {
      name: "what was read after reopening is deeply frozen",
      async run(context) {
        const first = await context.open();
        await first.saveEvent(event("a", 1, { data: { list: [{}] }, metadata: { traceId: "t" } }));
        await first.close();
        const read = await (await context.open()).getEvents("a");
        check("the event is there", { given: "reopened", expected: 1, actual: read.length });
        for (const one of read) {
          checkFrozen("an event that was read is deeply frozen", "read by a store that did not save it", one);
        }
      },
    },
    {
      name: "of a batch that was interrupted there is all or nothing",
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
        check("of an interrupted batch all is read or nothing", { given, expected: whole, actual: found });
        const latest = whole.at(-1) ?? 1;
        check("the latest version is that of the last event", {
          given,
          expected: latest,
          actual: await second.getLatestVersion("a"),
        });
        await second.saveEvent(event("a", latest + 1));
        await second.close();
        const third = await context.open();
        check("what is saved behind it is whole", {
          given,
          expected: [...whole, latest + 1],
          actual: versionsOf(await third.getEvents("a")),
        });
      },
    },
    {
      name: "a save that was interrupted harms no other",
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
        check("an interrupted event is read whole or not at all", { given, expected: whole, actual: found });
        check("other events are as before", { given, expected: events("b", [1]), actual: await second.getEvents("b") });
        await second.saveEvent(event("a", 2));
        await second.saveEvent(event("b", 2));
        await second.close();
        const third = await context.open();
        const after = [...whole, event("a", 2)];
        check("what is saved after it is whole", { given, expected: after, actual: await third.getEvents("a") });
        check("what is saved for another actor is whole", {
          given,
          expected: events("b", [1, 2]),
          actual: await third.getEvents("b"),
        });
      },
    },
  ],
  ["durable"],
);
