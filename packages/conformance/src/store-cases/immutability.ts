import type { Event } from "@aether/core";
import { check, checkFrozen } from "../checks/check.ts";
import { collect, event, untyped } from "../samples/events.ts";
import { mutableEvent, mutateEvent } from "../samples/mutable-event.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";

/** Tries to change what was read. Where it is frozen this throws, which is as well. */
function vandalise(read: readonly Event[]): void {
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
      // Frozen: that is the promise.
    }
  }
}

const frozen = "an event that was read is deeply frozen";

export const immutability: readonly StoreCase[] = storeCaseGroup("immutability", [
  {
    name: "what is saved is the event as it was at the call",
    async run(context) {
      const store = await context.open();
      const saved = mutableEvent();
      const saving = store.saveEvent(saved);
      mutateEvent(saved);
      await saving;
      check("changing the object after the call changes nothing", {
        given: "every part of the object changed between the call and its answer",
        expected: [mutableEvent()],
        actual: await store.getEvents("a"),
      });
    },
  },
  {
    name: "what is saved does not change with the caller's object later",
    async run(context) {
      const store = await context.open();
      const saved = mutableEvent();
      await store.saveEvent(saved);
      mutateEvent(saved);
      check("changing the object after the save changes nothing", {
        given: "every part of the object changed after the save",
        expected: [mutableEvent()],
        actual: await store.getEvents("a"),
      });
    },
  },
  {
    name: "the caller's object is left as it is",
    async run(context) {
      const store = await context.open();
      const { id: _, timestamp: __, ...bare } = mutableEvent();
      await store.saveEvent(bare);
      const { id: ___, timestamp: ____, ...expected } = mutableEvent();
      check("saving does not change the caller's object", { given: expected, expected, actual: bare });
      const parts = { event: bare, data: bare.data, lines: bare.data.lines, metadata: bare.metadata };
      const found = Object.entries(parts).filter(([, part]) => Object.isFrozen(part));
      check("saving does not freeze the caller's object", {
        given: expected,
        expected: { frozen: [] },
        actual: { frozen: found.map(([name]) => name) },
      });
    },
  },
  {
    name: "what is read is deeply frozen",
    async run(context) {
      const store = await context.open();
      await store.saveEvent(mutableEvent());
      await store.saveEvent(untyped({ eventType: "Tested", actorId: "a", version: 2, data: { list: [[{}]] } }));
      for (const one of await store.getEvents("a")) checkFrozen(frozen, mutableEvent(), one);
    },
  },
  {
    name: "what one reader does to an event reaches no other",
    async run(context) {
      const store = await context.open();
      await store.saveEvent(mutableEvent());
      const given = "everything that was read changed by the reader";
      vandalise(await store.getEvents("a"));
      const expected = [mutableEvent()];
      check("a reader changes nothing for the next", { given, expected, actual: await store.getEvents("a") });
      vandalise(await store.getEvents("a", 1));
      check("a reader changes nothing for the next, who reads from a version on", {
        given,
        expected,
        actual: await store.getEvents("a", 1),
      });
    },
  },
  {
    name: "a batch is what it was at the call",
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
      check("changing the batch after the call changes nothing", {
        given: "an event changed, one replaced and one added between the call and its answer",
        expected: [mutableEvent(), event("a", 2)],
        actual: read,
      });
      for (const one of read) checkFrozen(frozen, "an event of a batch", one);
    },
  },
  {
    name: "events read together with errors are as immutable",
    needs: ["replayErrors"],
    async run(context) {
      const store = await context.open("replayErrors");
      await store.saveEvent(mutableEvent());
      const { events } = await store.getEventsWithErrors("a");
      for (const one of events) checkFrozen(frozen, "getEventsWithErrors", one);
      vandalise(events);
      check("a reader changes nothing for the next", {
        given: "everything that was read changed by the reader",
        expected: [mutableEvent()],
        actual: (await store.getEventsWithErrors("a")).events,
      });
    },
  },
  {
    name: "events read as a stream are as immutable",
    needs: ["streaming"],
    async run(context) {
      const store = await context.open("streaming");
      await store.saveEvent(mutableEvent());
      const read = await collect(store.readEvents("a"));
      for (const one of read) checkFrozen(frozen, "readEvents", one);
      vandalise(read);
      check("a reader changes nothing for the next", {
        given: "everything that was read changed by the reader",
        expected: [mutableEvent()],
        actual: await collect(store.readEvents("a")),
      });
    },
  },
]);
