import { expect, test, vi } from "vitest";
import { type HandlerRetryPolicy, processorProgress, retryParked } from "../src/index.ts";
import { event, setUp } from "./support.ts";

test("any process reads the progress, the number of parked actors and the failure of a processor", async () => {
  const { store, documents, processor } = setUp();
  expect(await processorProgress(documents, "test")).toBeUndefined();
  await store.saveEvents([event("a", 1), event("a", 2)]);
  const { position } = await store.saveEvent(event("b", 1));
  let isBroken = true;
  const giveUp: HandlerRetryPolicy = { onFailure: () => ({ giveUp: true }) };
  const handle = ({ id }: { readonly id: string }): void => {
    if (id === "a/2" && isBroken) throw new Error("cannot handle a/2");
  };
  const parking = processor({ handle, retry: giveUp, onFailure: "park", partitions: 16 });
  await parking.start();
  await parking.waitFor(position, { actorId: "b" });
  await vi.waitFor(async () =>
    expect(await processorProgress(documents, "test")).toEqual({
      handledUpTo: position,
      parkedActors: 1,
      failure: undefined,
    }),
  );
  isBroken = false;
  expect(await retryParked(documents, "test", "a")).toBe(true);
  await vi.waitFor(async () => expect(await processorProgress(documents, "test")).toMatchObject({ parkedActors: 0 }));
  await parking.stop();

  const failing = processor({
    name: "failing",
    retry: giveUp,
    handle: () => {
      throw new Error("broken");
    },
  });
  await failing.start();
  await expect(failing.untilStopped()).rejects.toMatchObject({ code: "AETHER_PROCESSOR_STOPPED" });
  const progress = await processorProgress(documents, "failing");
  expect(progress).toMatchObject({ handledUpTo: undefined, parkedActors: 0 });
  expect(progress?.failure).toContain("broken");
});

test("before its first checkpoint, a processor is at the position that it starts after", async () => {
  const { store, documents, processor } = setUp();
  const { position } = await store.saveEvent(event("a", 1));
  const waiting = processor({ startFrom: "now", handle: () => {} });
  await waiting.start();
  expect(await processorProgress(documents, "test")).toMatchObject({ handledUpTo: position });
});
