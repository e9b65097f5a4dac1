import { type Event, type EventStore, isAetherError } from "@aether/core";
import { check, checkRejects, outcomeOf } from "../checks/check.ts";
import { event, events, versionsOf } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { checkBusyOutcome, whileHeld } from "./busy-outcome.ts";

/** Saves events again after the storage was released, and checks that the first outcome was true. */
async function checkSavedAgain(store: EventStore, given: unknown, saved: Event, code: string | undefined) {
  const again = await outcomeOf(store.saveEvent(saved));
  if (code === "AETHER_STORE_UNAVAILABLE") {
    check("a save that rejected with StoreUnavailableError has stored nothing, and succeeds when it is repeated", {
      given,
      expected: "stored",
      actual: again.status === "fulfilled" ? "stored" : again.reason,
    });
  } else if (code === undefined || again.status === "rejected") {
    const expected = { code: "AETHER_VERSION_CONFLICT", sameEvent: true } as const;
    const call = again.status === "rejected" ? Promise.reject(again.reason) : Promise.resolve(again.value);
    await checkRejects("a save that succeeded while the storage was held has stored its event", given, call, expected);
  }
}

export const busyStorage: readonly StoreCase[] = storeCaseGroup("busy storage", [
  {
    name: "calls wait for held storage or report that it is unavailable, and the store works afterwards",
    needsHook: "hold",
    async run(context) {
      const store = await context.open();
      await store.saveEvent(event("a", 1));
      for (const version of [2, 4]) {
        const given = { stored: version - 1, saving: version, storage: "held, then released" };
        const release = await context.hold();
        const save = outcomeOf(store.saveEvent(event("a", version)));
        const reads = [outcomeOf(store.getEvents("a")), outcomeOf(store.getLatestVersion("a"))] as const;
        await whileHeld([save, ...reads]);
        await release();
        const [all, latest] = await Promise.all(reads);
        const before = Array.from({ length: version - 1 }, (_, index) => index + 1);
        if (checkBusyOutcome(given, all, false) === undefined) {
          const found = versionsOf((all as PromiseFulfilledResult<readonly Event[]>).value);
          const expected = found.length === version ? [...before, version] : before;
          check("a read beside held storage returns every event that was saved before", {
            given,
            expected,
            actual: found,
          });
        }
        if (checkBusyOutcome(given, latest, false) === undefined) {
          const found = (latest as PromiseFulfilledResult<number>).value;
          const expected = found === version ? version : version - 1;
          check("getLatestVersion beside held storage includes every event that was saved before", {
            given,
            expected,
            actual: found,
          });
        }
        await checkSavedAgain(store, given, event("a", version), checkBusyOutcome(given, await save, true));
        await store.saveEvent(event("a", version + 1));
        check("after storage was released, every event is stored once", {
          given,
          expected: events("a", [...before, version, version + 1]),
          actual: await store.getEvents("a"),
        });
      }
    },
  },
  {
    name: "of several saves of a version that wait for held storage, at most one succeeds",
    needsHook: "hold",
    async run(context) {
      const first = await context.open();
      const second = context.supports.shared ? await context.open() : first;
      await first.saveEvent(event("a", 1));
      await second.getEvents("a");
      const given = "four saves of version 2 while the storage is held, then released";
      const release = await context.hold();
      const saves = ["w", "x", "y", "z"].map((id, index) =>
        outcomeOf((index % 2 === 0 ? first : second).saveEvent(event("a", 2, { id }))),
      );
      await whileHeld(saves);
      await release();
      const outcomes = await Promise.all(saves);
      const stored = (await first.getEvents("a")).slice(1);
      check("at most one of several saves of a version is stored", {
        given,
        expected: stored.slice(0, 1),
        actual: stored,
      });
      for (const [index, outcome] of outcomes.entries()) {
        const id = "wxyz"[index];
        const isConflict = outcome.status === "rejected" && isAetherError(outcome.reason, "AETHER_VERSION_CONFLICT");
        if (isConflict) {
          check("a save is rejected with a conflict only if another event has its version", {
            given,
            expected: true,
            actual: stored.some((other) => other.id !== id),
          });
        } else if (checkBusyOutcome(given, outcome, true) !== "AETHER_OUTCOME_UNKNOWN") {
          check("an event is stored if its save succeeds, and is not stored if its save is rejected", {
            given: { saves: given, event: id },
            expected: outcome.status === "fulfilled" ? id : "not stored",
            actual: stored.some((other) => other.id === id) ? id : "not stored",
          });
        }
      }
    },
  },
  {
    name: "a read beside held storage returns what another store has saved",
    needs: ["shared"],
    needsHook: "hold",
    async run(context) {
      const [first, second] = [await context.open(), await context.open()];
      await first.saveEvent(event("a", 1));
      await second.getEvents("a");
      await second.getLatestVersion("a");
      await first.saveEvent(event("a", 2));
      const given = "version 1, read by a second store; version 2, saved by the first store; then held";
      const release = await context.hold();
      const reads = [outcomeOf(second.getEvents("a")), outcomeOf(second.getLatestVersion("a"))] as const;
      await whileHeld(reads);
      await release();
      for (const [index, outcome] of (await Promise.all(reads)).entries()) {
        if (checkBusyOutcome(given, outcome, false) !== undefined) continue;
        check("a read beside held storage is not stale", {
          given,
          expected: [events("a", [1, 2]), 2][index],
          actual: (outcome as PromiseFulfilledResult<unknown>).value,
        });
      }
    },
  },
  {
    name: "a save that is aborted while it waits for held storage reports its true outcome",
    needsHook: "hold",
    async run(context) {
      const store = await context.open();
      await store.saveEvent(event("a", 1));
      const given = "a save of version 2 while the storage is held, aborted, then released";
      const controller = new AbortController();
      const reason = new Error("enough");
      const release = await context.hold();
      const save = outcomeOf(store.saveEvent(event("a", 2), { signal: controller.signal }));
      await whileHeld([save]);
      controller.abort(reason);
      await whileHeld([save]);
      await release();
      const outcome = await save;
      if (outcome.status === "rejected" && outcome.reason === reason) {
        await whileHeld([new Promise(() => {})]);
        check("a save that rejected with signal.reason stores nothing, even later", {
          given,
          expected: events("a", [1]),
          actual: await store.getEvents("a"),
        });
        await store.saveEvent(event("a", 2));
      } else {
        await checkSavedAgain(store, given, event("a", 2), checkBusyOutcome(given, outcome, true));
      }
      check("after storage was released, every event is stored once", {
        given,
        expected: events("a", [1, 2]),
        actual: await store.getEvents("a"),
      });
    },
  },
]);
