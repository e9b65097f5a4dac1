import type { Event, EventStore } from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import { expect, test, vi } from "vitest";
import { ActorHistories } from "../src/folding/actor-histories.ts";

async function setUp(maxEvents?: number) {
  const store = new MemoryEventStore();
  const read = vi.spyOn(store, "getEvents");
  const save = async (actorId: string, version: number): Promise<Event> => {
    await store.saveEvent({ id: `${actorId}/${version}`, actorId, version, eventType: "Happened", data: {} });
    return (await MemoryEventStore.prototype.getEvents.call(store, actorId, version))[0] as Event;
  };
  const histories = new ActorHistories(store, maxEvents);
  const upTo = async (event: Event): Promise<readonly string[]> => (await histories.upTo(event)).map(({ id }) => id);
  return { store, read, save, upTo };
}

test("returns the events up to the event, however many there are by now", async () => {
  const { save, upTo } = await setUp();
  const events = [await save("a", 1), await save("a", 4), await save("a", 9)] as const;
  expect(await upTo(events[1])).toEqual(["a/1", "a/4"]);
  expect(await upTo(events[0])).toEqual(["a/1"]);
  expect(await upTo(events[2])).toEqual(["a/1", "a/4", "a/9"]);
});

test("reads each actor once, and then only what is new", async () => {
  const { read, save, upTo } = await setUp();
  const [first, second] = [await save("a", 1), await save("a", 2)];
  await Promise.all([upTo(first), upTo(second), upTo(first)]);
  expect(read.mock.calls).toEqual([["a", 1]]);
  expect(await upTo(await save("a", 3))).toEqual(["a/1", "a/2", "a/3"]);
  expect(read.mock.calls).toEqual([
    ["a", 1],
    ["a", 3],
  ]);
});

test("keeps the actors that were read last, up to a number of events", async () => {
  const { read, save, upTo } = await setUp(2);
  const [a, b, c] = [await save("a", 1), await save("b", 1), await save("c", 1)];
  for (const event of [a, b, c, b, c, a]) await upTo(event);
  expect(read.mock.calls.map(([actorId]) => actorId)).toEqual(["a", "b", "c", "a"]);
});

test("returns all events even if those of other actors, which are read at the same time, replace them", async () => {
  const { save, upTo } = await setUp(2);
  const last: Event[] = [];
  for (const actorId of ["a", "b", "c", "d"]) {
    await save(actorId, 1);
    last.push(await save(actorId, 2));
  }
  expect(await Promise.all(last.map(upTo))).toEqual(last.map(({ actorId }) => [`${actorId}/1`, `${actorId}/2`]));
});

test("a read that began before the event was stored is not enough", async () => {
  const { store, save } = await setUp();
  const first = await save("a", 1);
  let answer = (): void => {};
  const reads: number[] = [];
  const slow: Pick<EventStore, "getEvents"> = {
    getEvents: async (actorId, fromVersion = 0) => {
      const found = await MemoryEventStore.prototype.getEvents.call(store, actorId, fromVersion);
      reads.push(fromVersion);
      if (reads.length === 1) await new Promise<void>((resolve) => (answer = resolve));
      return found;
    },
  };
  const histories = new ActorHistories(slow);
  const early = histories.upTo(first);
  await vi.waitFor(() => expect(reads).toEqual([1]));
  const second = await save("a", 2);
  const late = histories.upTo(second);
  answer();
  expect((await early).map(({ id }) => id)).toEqual(["a/1"]);
  expect((await late).map(({ id }) => id)).toEqual(["a/1", "a/2"]);
  expect(reads).toEqual([1, 2]);
});

test("a failed read is repeated", async () => {
  const { read, save, upTo } = await setUp();
  const event = await save("a", 1);
  read.mockRejectedValueOnce(new Error("unavailable"));
  await expect(upTo(event)).rejects.toThrow("unavailable");
  expect(await upTo(event)).toEqual(["a/1"]);
});
