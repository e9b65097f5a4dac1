import { type Clock, systemClock } from "@aether/retry";
import { expect, test, vi } from "vitest";
import type { ProcessorOptions } from "../src/index.ts";
import { event, setUp } from "./support.ts";

const LEASE_MS = 1_000;

/** A clock whose time can jump while no timer fires, as in a process that does not get the processor for a while. */
function jumpingClock(): { readonly clock: Clock; readonly jump: (ms: number) => void } {
  let jumpedMs = 0;
  return {
    clock: { now: () => systemClock.now() + jumpedMs, sleep: systemClock.sleep },
    jump: (ms) => {
      jumpedMs += ms;
    },
  };
}

test.each(["handle", "handleBatch"] as const)(
  "an event that was not started, because the lease was over for a moment, is not lost (%s)",
  async (kind) => {
    const { store, documents, processor } = setUp();
    const { clock, jump } = jumpingClock();
    const handled: string[] = [];
    let endFirst = (): void => {};
    const firstHasEnded = new Promise<void>((resolve) => (endFirst = resolve));
    const handle = async (id: string): Promise<void> => {
      if (id === "a/1") await firstHasEnded;
      handled.push(id);
    };
    const handlers: Record<typeof kind, Partial<ProcessorOptions>> = {
      handle: { handle: ({ id }) => handle(id) },
      handleBatch: { maxBatchEvents: 1, handleBatch: ([stored]) => handle(stored?.event.id ?? "") },
    };
    let answers: (() => void)[] | undefined;
    const putDocument = documents.putDocument.bind(documents);
    vi.spyOn(documents, "putDocument").mockImplementation(async (collection, id, value, options) => {
      const revision = await putDocument(collection, id, value, options);
      if (id.startsWith("partition/")) await new Promise<void>((resolve) => answers?.push(resolve) ?? resolve());
      return revision;
    });
    for (let version = 1; version <= 3; version++) await store.saveEvent(event("a", version));
    const running = processor({ leaseMs: LEASE_MS, checkpointMs: 1, clock, ...handlers[kind] });
    await running.start();
    await vi.waitFor(() => expect(running.status.handlersInFlight).toBe(1));

    // The lease is renewed, but the answer comes when the earlier renewal is over, and after the first handler's end.
    answers = [];
    jump(LEASE_MS * 0.6);
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    jump(LEASE_MS * 0.5);
    endFirst();
    await new Promise((resolve) => setImmediate(resolve));
    for (const answer of answers.splice(0)) answer();
    answers = undefined;

    await vi.waitFor(() => expect(running.status.lostLeases).toBe(1));
    jump(LEASE_MS);
    await running.drain();
    expect(handled).toEqual(["a/1", "a/1", "a/2", "a/3"]);
  },
);
