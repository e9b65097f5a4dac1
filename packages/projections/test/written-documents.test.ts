import type { EventsOf, StoredEvent } from "@aether/core";
import { MemoryDocumentStore, MemoryEventStore } from "@aether/store-memory";
import { expect, test, vi } from "vitest";
import { PageWriter } from "../src/documents/page-writer.ts";
import { collectionOf } from "../src/documents/stored-projection.ts";
import { Tombstones } from "../src/documents/tombstones.ts";
import { ActorHistories } from "../src/folding/actor-histories.ts";
import { defineProjection } from "../src/index.ts";
import { single } from "./support.ts";

type SwitchEvent = EventsOf<{ SwitchedOn: object; SwitchedOff: object; Removed: object; Noted: { texts?: string[] } }>;
interface Switch {
  readonly isOn: boolean;
  readonly notes?: readonly string[] | undefined;
}

/** An event changes a switch only if the switch has the other state. */
const switches = defineProjection<SwitchEvent, Switch>({
  name: "switches",
  version: 1,
  evolve: {
    SwitchedOn: (document) => (document?.isOn ? document : { isOn: true }),
    SwitchedOff: (document) => (document?.isOn ? { isOn: false } : document),
    Removed: () => undefined,
    Noted: (document, { data }) => ({ isOn: document?.isOn === true, notes: data.texts }),
  },
});

async function setUp(...types: SwitchEvent["eventType"][]) {
  const store = new MemoryEventStore<SwitchEvent>();
  for (const [index, eventType] of types.entries()) {
    const texts = ["a"];
    const data = eventType === "Noted" ? { texts } : {};
    await store.saveEvent({ actorId: "s-1", version: index + 1, eventType, data } as never);
  }
  const events: StoredEvent<SwitchEvent>[] = [];
  for await (const page of store.readFeed()) events.push(...page.events);
  const documents = new MemoryDocumentStore();
  const get = vi.spyOn(documents, "getDocument");
  const process = () => {
    const collection = collectionOf(switches);
    const writer = new PageWriter<SwitchEvent, Switch>({
      projection: switches,
      documents: single(documents),
      partitions: 1,
      histories: new ActorHistories(store),
      tombstones: new Tombstones(documents, collection, () => 0),
      now: () => 0,
    });
    return (index: number, leaseToken: string) =>
      writer.handle(events.slice(index, index + 1), {
        partition: 0,
        leaseToken,
        signal: new AbortController().signal,
      });
  };
  const stored = async () => (await documents.getDocument(collectionOf(switches), "s-1"))?.value;
  return { documents, events, get, process, stored };
}

test("an owner reads a document once, and then knows what it has written", async () => {
  const { events, get, process, stored } = await setUp("SwitchedOn", "SwitchedOff", "SwitchedOn");
  const handle = process();
  for (const index of events.keys()) await handle(index, "first");
  expect(get).toHaveBeenCalledOnce();
  expect(await stored()).toEqual({ document: { isOn: true }, position: events[2]?.position });
});

test("a process that owns the partition again reads the documents again", async () => {
  const { events, process, stored } = await setUp("SwitchedOn", "SwitchedOff", "SwitchedOn");
  const [one, other] = [process(), process()];
  await one(0, "first");
  await other(1, "second");
  // With the document of the first ownership, the event would change nothing.
  await one(2, "third");
  expect(await stored()).toEqual({ document: { isOn: true }, position: events[2]?.position });
});

test("a late write of a former owner fails the page, which is then done from fresh reads", async () => {
  const { events, process, stored } = await setUp("SwitchedOn", "SwitchedOff", "SwitchedOn", "SwitchedOff");
  const [former, owner] = [process(), process()];
  await owner(0, "owner");
  await former(1, "former");
  await expect(owner(1, "owner")).rejects.toMatchObject({ code: "AETHER_REVISION_CONFLICT" });
  for (const index of [1, 2, 3]) await owner(index, "owner");
  expect(await stored()).toEqual({ document: { isOn: false }, position: events[3]?.position });
});

test("a document that was deleted is read again", async () => {
  const { get, process, stored } = await setUp("SwitchedOn", "Removed", "SwitchedOn");
  const handle = process();
  for (const index of [0, 1, 2]) await handle(index, "owner");
  expect(get).toHaveBeenCalledTimes(2);
  expect(await stored()).toMatchObject({ document: { isOn: true } });
});

test("a document that was written is the one that a read returns", async () => {
  const { process } = await setUp("SwitchedOn", "Noted", "SwitchedOff");
  const evolve = vi.spyOn(
    switches.evolve as { SwitchedOff: NonNullable<typeof switches.evolve.SwitchedOff> },
    "SwitchedOff",
  );
  const handle = process();
  for (const index of [0, 1, 2]) await handle(index, "owner");
  const [document] = evolve.mock.calls[0] ?? [];
  expect(document).toStrictEqual({ isOn: true, notes: ["a"] });
  expect(Object.isFrozen(document?.notes)).toBe(true);
});
