import { type Event, isVersionConflictError } from "@aether/core";
import { check, checkFrozen, outcomeOf } from "../checks/check.ts";
import { collect, event, untyped } from "../samples/events.ts";
import { frozenPartsOf, type MutableEvent, mutableEvent, mutateEvent } from "../samples/mutable-event.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { asAnyStore, declaredCalls } from "./store-calls.ts";

/** Tries to change every part of the events. Ignores the errors that frozen parts throw. */
function tryToChange(read: readonly Event[]): void {
  const data = read[0]?.data as { total?: number; lines?: unknown[] } | undefined;
  const attempts = [
    () => Object.assign(data ?? {}, { total: 99 }),
    () => data?.lines?.push("changed"),
    () => Object.assign((data?.lines?.[0] ?? {}) as object, { price: 99 }),
    () => Object.assign(read[0]?.metadata ?? {}, { traceId: "changed" }),
    () => Object.assign(read[0] ?? {}, { version: 99 }),
    () => (read as Event[]).pop(),
  ];
  for (const attempt of attempts) {
    try {
      attempt();
    } catch {
      // The part is frozen.
    }
  }
}

/** Changes every part of an event that is not frozen. */
function changeParts({ data, metadata }: MutableEvent): void {
  const line = data.lines[0] as { price: number };
  const attempts = [
    () => Object.assign(data, { total: 99 }),
    () => data.lines.push("changed"),
    () => Object.assign(line, { price: 99 }),
    () => Object.assign(metadata, { traceId: "changed" }),
  ];
  for (const attempt of attempts) {
    try {
      attempt();
    } catch {
      // The part is frozen.
    }
  }
}

const frozen = "events that are read are deeply frozen";

export const immutability: readonly StoreCase[] = storeCaseGroup("immutability", [
  {
    name: "an event is copied when saveEvent is called",
    async run(context) {
      const store = await context.open();
      const saved = mutableEvent();
      const saving = store.saveEvent(saved);
      mutateEvent(saved);
      await saving;
      check("changing the object after the call does not change the stored event", {
        given: "every part of the object changed between the call and its result",
        expected: [mutableEvent()],
        actual: await store.getEvents("a"),
      });
    },
  },
  {
    name: "an event that is frozen only in part is copied when it is saved",
    async run(context) {
      const store = await context.open();
      const parts = {
        "the event": (each: MutableEvent) => Object.freeze(each),
        "the event and its data": (each: MutableEvent) => {
          Object.freeze(each.data);
          Object.freeze(each);
        },
        "everything but a part of its data": (each: MutableEvent) => {
          Object.freeze(each.metadata);
          Object.freeze(each.data.lines);
          Object.freeze(each.data);
          Object.freeze(each);
        },
      };
      const isBatch = context.supports.batch === true;
      const saves: readonly ((each: Event) => Promise<unknown>)[] = [
        (each) => store.saveEvent(each),
        ...(isBatch ? [(each: Event) => asAnyStore(store).saveEvents(Object.freeze([each]))] : []),
      ];
      for (const [frozenPart, freeze] of Object.entries(parts)) {
        for (const [index, save] of saves.entries()) {
          const actorId = `${frozenPart}, ${index}`;
          const each = { ...mutableEvent(), actorId };
          freeze(each);
          const saving = save(each);
          changeParts(each);
          await saving;
          changeParts(each);
          check("changing the parts that are not frozen does not change the stored event", {
            given: { frozen: frozenPart, call: index === 0 ? "saveEvent" : "saveEvents" },
            expected: [{ ...mutableEvent(), actorId }],
            actual: await store.getEvents(actorId),
          });
        }
      }
    },
  },
  {
    name: "the caller's options are not changed",
    async run(context) {
      const store = await context.open();
      const { signal } = new AbortController();
      for (const { method, run } of declaredCalls(context.supports)) {
        for (const options of [{ signal }, Object.freeze({ signal }), {}, Object.freeze({})]) {
          const given = { method, options: Object.keys(options), frozen: Object.isFrozen(options) };
          const before = { ...options };
          const outcome = await outcomeOf(run(asAnyStore(store), options));
          if (outcome.status === "rejected" && !isVersionConflictError(outcome.reason)) throw outcome.reason;
          check("a call does not change the caller's options", { given, expected: before, actual: { ...options } });
        }
      }
    },
  },
  {
    name: "changing the object after the save does not change the stored event",
    async run(context) {
      const store = await context.open();
      const saved = mutableEvent();
      await store.saveEvent(saved);
      mutateEvent(saved);
      check("changing the object after the save does not change the stored event", {
        given: "every part of the object changed after the save",
        expected: [mutableEvent()],
        actual: await store.getEvents("a"),
      });
    },
  },
  {
    name: "saveEvent does not change or freeze the caller's object",
    async run(context) {
      const store = await context.open();
      const { id: _, timestamp: __, ...bare } = mutableEvent();
      await store.saveEvent(bare);
      const { id: ___, timestamp: ____, ...expected } = mutableEvent();
      check("saveEvent does not change the caller's object", { given: expected, expected, actual: bare });
      check("saveEvent does not freeze the caller's object", {
        given: expected,
        expected: { frozen: [] },
        actual: { frozen: frozenPartsOf(bare) },
      });
    },
  },
  {
    name: "events that are read are deeply frozen",
    async run(context) {
      const store = await context.open();
      await store.saveEvent(mutableEvent());
      await store.saveEvent(untyped({ eventType: "Tested", actorId: "a", version: 2, data: { list: [[{}]] } }));
      for (const each of await store.getEvents("a")) checkFrozen(frozen, mutableEvent(), each);
    },
  },
  {
    name: "a reader cannot change events for other readers",
    async run(context) {
      const store = await context.open();
      await store.saveEvent(mutableEvent());
      const given = "every part of the events changed by the reader";
      tryToChange(await store.getEvents("a"));
      const expected = [mutableEvent()];
      check("the next reader gets the events unchanged", { given, expected, actual: await store.getEvents("a") });
      tryToChange(await store.getEvents("a", 1));
      check("the next reader that reads from a version gets the events unchanged", {
        given,
        expected,
        actual: await store.getEvents("a", 1),
      });
    },
  },
  {
    name: "a batch is copied when saveEvents is called",
    needs: ["batch"],
    async run(context) {
      const store = await context.open("batch");
      const first = mutableEvent();
      const batch: Event[] = [first, event("a", 2)];
      const saving = store.saveEvents(batch);
      mutateEvent(first);
      batch[1] = event("a", 7);
      batch.push(event("a", 8));
      await saving;
      const read = await store.getEvents("a");
      check("changing the batch after the call does not change the stored events", {
        given: "one event changed, one replaced and one added between the call and its result",
        expected: [mutableEvent(), event("a", 2)],
        actual: read,
      });
      for (const each of read) checkFrozen(frozen, "an event of a batch", each);
    },
  },
  {
    name: "events from getEventsWithErrors are deeply frozen",
    needs: ["replayErrors"],
    async run(context) {
      const store = await context.open("replayErrors");
      await store.saveEvent(mutableEvent());
      const { events } = await store.getEventsWithErrors("a");
      for (const each of events) checkFrozen(frozen, "getEventsWithErrors", each);
      tryToChange(events);
      check("the next reader gets the events unchanged", {
        given: "every part of the events changed by the reader",
        expected: [mutableEvent()],
        actual: (await store.getEventsWithErrors("a")).events,
      });
    },
  },
  {
    name: "events from readEvents are deeply frozen",
    needs: ["streaming"],
    async run(context) {
      const store = await context.open("streaming");
      await store.saveEvent(mutableEvent());
      const read = await collect(store.readEvents("a"));
      for (const each of read) checkFrozen(frozen, "readEvents", each);
      tryToChange(read);
      check("the next reader gets the events unchanged", {
        given: "every part of the events changed by the reader",
        expected: [mutableEvent()],
        actual: await collect(store.readEvents("a")),
      });
    },
  },
]);
