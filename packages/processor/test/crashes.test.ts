import { expect, test, vi } from "vitest";
import { EventProcessor, type ProcessorOptions } from "../src/index.ts";
import { mortal } from "./mortal.ts";
import { event, setUp } from "./support.ts";

/** Starts a processor whose handler kills the process when it is called with an event. Resolves when it is dead. */
async function killedBy(
  id: string,
  { store, documents }: Pick<ReturnType<typeof setUp>, "store" | "documents">,
  options: Partial<ProcessorOptions>,
): Promise<readonly string[]> {
  const process = mortal(documents);
  const handled: string[] = [];
  let died = (): void => {};
  const dead = new Promise<void>((resolve) => (died = resolve));
  const processor = new EventProcessor(store, {
    name: "test",
    leaseMs: 150,
    ...options,
    documents: process.documents,
    handle: async (each) => {
      await Promise.resolve();
      if (each.id === id) {
        process.kill();
        died();
        await new Promise(() => {});
      }
      handled.push(each.id);
    },
  });
  await processor.start();
  await dead;
  return handled;
}

test("an event that ends the process again and again is parked without another call of its handler", async () => {
  const stores = setUp();
  const { store } = stores;
  for (const actorId of ["a", "b", "c", "d"]) await store.saveEvents([event(actorId, 1), event(actorId, 2)]);
  const options = { maxCrashes: 2, onFailure: "park", stopTimeoutMs: 0 } as const;
  await killedBy("c/1", stores, options);
  // One crash usually has another reason.
  const second = await killedBy("c/1", stores, options);
  expect(second).not.toContain("a/2");
  // Events are tried one at a time, in the order of the feed.
  const third = await killedBy("c/1", stores, options);
  expect(third).toEqual(["a/1", "a/2", "b/1", "b/2"]);
  const fourth = await killedBy("c/1", stores, options);
  expect(fourth).toEqual([]);
  const handled: string[] = [];
  const healthy = stores.processor({ ...options, leaseMs: 150, handle: ({ id }) => void handled.push(id) });
  await healthy.start();
  await vi.waitFor(() => expect(healthy.status).toMatchObject({ parkedActors: 1, isCaughtUp: true, lagEvents: 0 }));
  expect(handled).toEqual(["d/1", "d/2"]);
  expect(await healthy.parked()).toEqual([
    expect.objectContaining({
      actorId: "c",
      eventId: "c/1",
      attempts: 2,
      error: expect.objectContaining({
        message: "the process ended, or lost its lease, 2 times while it handled the event",
      }),
    }),
  ]);
});

test("an event that ends the process again and again stops the processor if actors are not parked", async () => {
  const stores = setUp();
  const { position } = await stores.store.saveEvent(event("a", 1));
  const options = { maxCrashes: 1, stopTimeoutMs: 0 };
  for (let crash = 0; crash < 3; crash++) await killedBy("a/1", stores, options);
  const handle = vi.fn();
  const stopped = stores.processor({ ...options, leaseMs: 150, handle });
  await stopped.start();
  await expect(stopped.untilStopped()).rejects.toMatchObject({ code: "AETHER_PROCESSOR_STOPPED", position });
  expect(handle).not.toHaveBeenCalled();
});

test("after two crashes, events are handled at the same time again once the stored ones were tried", async () => {
  const stores = setUp();
  const { store } = stores;
  await store.saveEvent(event("a", 1));
  for (let crash = 0; crash < 2; crash++) await killedBy("a/1", stores, { stopTimeoutMs: 0 });
  let most = 0;
  let running = 0;
  const healthy = stores.processor({
    leaseMs: 150,
    handle: async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    },
  });
  await healthy.start();
  await vi.waitFor(() => expect(healthy.status.handledEvents).toBe(1));
  expect(most).toBe(1);
  for (let index = 0; index < 10; index++) await store.saveEvent(event(`b-${index}`, 1));
  await healthy.drain();
  expect(most).toBeGreaterThan(1);
});

test("two crashes count as one after the other only if the events in between are not handled", async () => {
  const stores = setUp();
  const { store } = stores;
  const options = { leaseMs: 150, stopTimeoutMs: 0 };
  await store.saveEvent(event("a", 1));
  await killedBy("a/1", stores, options);
  const healthy = mortal(stores.documents);
  const second = new EventProcessor(store, {
    name: "test",
    ...options,
    documents: healthy.documents,
    handle: () => {},
  });
  await second.start();
  await second.drain();
  await vi.waitFor(async () => {
    const record = await stores.documents.getDocument<{ crashes: number }>("aether.processor.test", "partition/0");
    expect(record?.value.crashes).toBe(0);
  });
  healthy.kill();
  for (let index = 0; index < 10; index++) await store.saveEvent(event(`b-${index}`, 1));
  let [most, running] = [0, 0];
  const third = stores.processor({
    leaseMs: 150,
    handle: async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    },
  });
  await third.start();
  await third.drain();
  expect(most).toBeGreaterThan(1);
  await second.stop();
});

test("processes that end again and again, but make progress, handle events at the same time", async () => {
  const stores = setUp();
  const { store, documents } = stores;
  for (let index = 0; index < 20; index++) await store.saveEvent(event(`a-${index}`, 1));
  const options = { leaseMs: 150, checkpointMs: 1, stopTimeoutMs: 0 };
  const checkpoint = async (): Promise<unknown> =>
    (await documents.getDocument<{ checkpoint: unknown }>("aether.processor.test", "partition/0"))?.value.checkpoint;
  for (const last of [3, 6, 9]) {
    const process = mortal(documents);
    let handledUpTo: string | undefined;
    const processor = new EventProcessor(store, {
      ...{ name: "test", ...options, documents: process.documents, concurrency: 1 },
      handle: async ({ actorId }, { position }) => {
        if (actorId === `a-${last}`) await new Promise(() => {});
        handledUpTo = position;
      },
    });
    await processor.start();
    await vi.waitFor(() => expect(processor.status.oldestInFlight?.actorId).toBe(`a-${last}`));
    await vi.waitFor(async () => expect(await checkpoint()).toBe(handledUpTo));
    process.kill();
  }
  let [most, running] = [0, 0];
  const healthy = stores.processor({
    ...options,
    handle: async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    },
  });
  await healthy.start();
  await healthy.drain();
  expect(most).toBeGreaterThan(1);
});
