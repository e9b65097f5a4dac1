import type { ListingEventStore, ListOptions } from "@aether/core";
import { check, checkRejects, checkRejectsWith, outcomeOf } from "../checks/check.ts";
import { nextTurn } from "../checks/next-turn.ts";
import { collect, event, range } from "../samples/events.ts";
import { allActorIds, hostilePrefixes } from "../samples/hostile-actor-ids.ts";
import { watchedSignal } from "../samples/watched-signal.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { moments } from "./moments.ts";
import { saved, savedOne, saveMany } from "./saved-feeds.ts";

const once = "listActors lists each actor that has events exactly once";
const MANY = 1_203;

function sorted(ids: Iterable<string>): readonly string[] {
  return [...ids].toSorted();
}

async function list(store: ListingEventStore, options?: ListOptions): Promise<readonly string[]> {
  return sorted(await collect(store.listActors(options)));
}

/** Saves an event of each actor. Returns their ids, or fewer if the store is slow. */
async function saveActors(
  context: Parameters<typeof saveMany>[0],
  store: ListingEventStore,
  ids: readonly string[],
): Promise<readonly string[]> {
  const all = await saveMany(context, store, (n) => event(ids[n - 1] ?? "", 1), ids.length);
  return sorted(all.map((each) => each.event.actorId));
}

export const listing: readonly StoreCase[] = storeCaseGroup(
  "listing",
  [
    {
      name: "each actor that has events is listed once, whatever its id is",
      async run(context) {
        const store = await context.open("listing");
        check("listActors lists nothing if the store is empty", {
          given: "an empty store",
          expected: [],
          actual: await list(store),
        });
        const ids = await saveActors(context, store, allActorIds);
        check(once, { given: "ids that stores often confuse", expected: ids, actual: await list(store) });
        for (const prefix of hostilePrefixes) {
          check("listActors lists exactly the actors whose ids begin with actorIdPrefix", {
            given: { actorIdPrefix: prefix },
            expected: ids.filter((id) => id.startsWith(prefix)),
            actual: await list(store, { actorIdPrefix: prefix }),
          });
        }
      },
    },
    {
      name: "an actor is listed once however many events it has, and not if it has none",
      async run(context) {
        const store = await context.open("listing");
        await saved(store, [event("many", 1), event("many", 5), event("many", 6)]);
        for (const version of [7, 8]) await store.saveEvent(event("many", version));
        await store.saveEvent(event("one", 1));
        await outcomeOf(store.saveEvent(event("one", 1, { id: "rejected" })));
        await outcomeOf(store.saveEvent(event("invalid", 0)));
        await outcomeOf(store.saveEvent(event("aborted", 1), { signal: AbortSignal.abort() }));
        await store.getEvents("read");
        await store.getLatestVersion("asked");
        check(once, {
          given: "an actor with five events, one with one event, and four without events",
          expected: ["many", "one"],
          actual: await list(store),
        });
      },
    },
    {
      name: "many actors are listed, even while other actors are saved",
      async run(context) {
        const store = await context.open("listing");
        const ids = await saveActors(
          context,
          store,
          range(1, MANY).map((n) => `actor ${n}`),
        );
        check(once, { given: { actors: ids.length }, expected: ids, actual: await list(store) });
        const found: string[] = [];
        let late = 0;
        for await (const id of store.listActors()) {
          found.push(id);
          // Ids that sort before, between and after the others.
          if (found.length % 100 === 1)
            await saved(store, [event(`${["0", "actor 5", "z"][late % 3]} late ${late++}`, 1)]);
          // An actor that has events is not listed again because it gets more.
          if (found.length % 100 === 50) await store.saveEvent(event(id, 2));
        }
        check("listActors lists each actor that has events from the first request to the last exactly once", {
          given: { actors: ids.length, savedWhileListing: late },
          expected: ids,
          actual: sorted(found.filter((id) => !id.includes("late"))),
        });
        const others = found.filter((id) => id.includes("late"));
        check("listActors lists no actor twice", {
          given: { actors: ids.length, savedWhileListing: late },
          expected: new Set(others).size,
          actual: others.length,
        });
      },
    },
    {
      name: "nothing is read before the first id is requested, and each iteration is a new list",
      async run(context) {
        const store = await context.open("listing");
        await store.saveEvent(event("a", 1));
        const lazy = store.listActors();
        await store.saveEvent(event("b", 1));
        const iterator = lazy[Symbol.asyncIterator]();
        await store.saveEvent(event("c", 1));
        const ids: string[] = [];
        for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) ids.push(step.value);
        await store.saveEvent(event("d", 1));
        const given =
          "a saved, listActors called, b saved, iterator created, c saved, listed, d saved, listed twice again";
        const again = await Promise.all([collect(lazy), collect(lazy)]);
        check("listActors lists the actors that have events when the first id is requested", {
          given,
          expected: [..."abc"],
          actual: sorted(ids),
        });
        check("each iteration is a new list", {
          given,
          expected: [[..."abcd"], [..."abcd"]],
          actual: again.map(sorted),
        });
      },
    },
    {
      name: "leaving the loop or aborting the signal ends a list, and frees it",
      async run(context) {
        const store = await context.open("listing");
        const ids = await saveActors(
          context,
          store,
          range(1, 40).map((n) => `actor ${n}`),
        );
        const watched = watchedSignal();
        for await (const _ of store.listActors({ signal: watched.signal })) break;
        const iterator = store.listActors({ signal: watched.signal })[Symbol.asyncIterator]();
        await iterator.next();
        await iterator.return?.();
        check("a list yields no ids after return()", {
          given: "next(), return(), next()",
          expected: { done: true, value: undefined },
          actual: { ...(await iterator.next()) },
        });
        const started = store.listActors({ signal: watched.signal })[Symbol.asyncIterator]();
        await started.next();
        const reason = new Error("enough");
        watched.abort(reason);
        await checkRejectsWith(
          "a list that is aborted rejects with signal.reason",
          "after the first id",
          started.next(),
          reason,
        );
        await nextTurn();
        check("no listener of a list that has ended is left on its signal", {
          given: "a break, return() and an abort",
          expected: { listeners: 0 },
          actual: { listeners: watched.listeners() },
        });
        for (const { when, wait } of moments) {
          const controller = new AbortController();
          const listed = outcomeOf(list(store, { signal: controller.signal }));
          await wait();
          controller.abort(reason);
          const outcome = await listed;
          const isDone = outcome.status === "fulfilled";
          check("a list that is aborted is complete, or rejects with signal.reason", {
            given: { aborted: when },
            expected: isDone ? ids : reason,
            actual: isDone ? outcome.value : outcome.reason,
          });
        }
      },
    },
    {
      name: "close ends a list with StoreClosedError",
      async run(context) {
        const store = await context.open("listing");
        for (const id of ["a", "b", "c"]) await store.saveEvent(event(id, 1));
        const started = store.listActors()[Symbol.asyncIterator]();
        await started.next();
        const late = store.listActors()[Symbol.asyncIterator]();
        await store.close();
        const guarantee = "a list that is not finished when the store is closed rejects with StoreClosedError";
        for (const iterator of [started, late]) {
          await checkRejects(guarantee, "close() after the first id, and before it", iterator.next(), {
            code: "AETHER_STORE_CLOSED",
          });
        }
      },
    },
    {
      name: "invalid options are rejected by the loop, and options are read at the call",
      async run(context) {
        const store = await context.open("listing");
        for (const id of ["a-1", "b-1"]) await store.saveEvent(event(id, 1));
        const bad: readonly (readonly [keyof ListOptions, unknown])[] = [
          ...[5, null, ["a"], {}, true].map((value) => ["actorIdPrefix", value] as const),
          ...[5, null, {}].map((value) => ["signal", value] as const),
        ];
        for (const [option, value] of bad) {
          await checkRejects(
            "listActors rejects an invalid option with InvalidArgumentError",
            { [option]: value },
            collect(store.listActors({ [option]: value } as ListOptions)),
            { code: "AETHER_INVALID_ARGUMENT" },
          );
        }
        const options = { actorIdPrefix: "a" };
        const lazy = store.listActors(options);
        options.actorIdPrefix = "b";
        check("a list uses its options as they were at the call of listActors", {
          given: "{ actorIdPrefix: a }, changed to b after the call",
          expected: ["a-1"],
          actual: await collect(lazy),
        });
      },
    },
    {
      name: "a reopened store lists its actors",
      needs: ["durable"],
      async run(context) {
        const ids: string[] = [];
        for (const round of range(1, 3)) {
          const store = await context.open("listing");
          check(once, { given: { reopened: round - 1 }, expected: sorted(ids), actual: await list(store) });
          for (const id of [`é ${round}`, `actor.${round}`, "same"]) {
            await store.saveEvent(event(id, round));
            if (!ids.includes(id)) ids.push(id);
          }
          check(once, { given: { round }, expected: sorted(ids), actual: await list(store) });
          await store.close();
        }
      },
    },
    {
      name: "a store lists the actors that other stores have saved",
      needs: ["shared"],
      async run(context) {
        const [first, second] = [await context.open("listing"), await context.open("listing")];
        const ids: string[] = [];
        for (const round of range(1, 4)) {
          ids.push((await savedOne(first, event(`actor ${round}`, 1))).event.actorId);
          check(once, { given: { round }, expected: ids, actual: await list(second) });
        }
      },
    },
  ],
  ["listing"],
);
