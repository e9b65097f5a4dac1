import { setTimeout } from "node:timers/promises";
import { MemoryDocumentStore, MemoryEventStore } from "@aether/store-memory";
import { fill } from "../feed/fill.ts";
import type { Comparison } from "../measure.ts";
import type { Sizes } from "../suite.ts";
import { runTo } from "./run-to.ts";

const HANDLER_MS = 5;
const ACTORS = 1_000;

/** Handlers that wait: 64 at the same time, compared with one. */
export async function concurrencyRow({ quick, repetitions }: Sizes): Promise<Comparison> {
  const documents = new MemoryDocumentStore();
  const handling = async (concurrency: number, events: number): Promise<() => Promise<number>> => {
    const store = new MemoryEventStore();
    await fill(store, { events, actors: ACTORS, perCommit: 1 });
    const position = await store.getLatestPosition();
    if (position === undefined) throw new Error("the store is empty");
    return async () => {
      const handle = (): Promise<void> => setTimeout(HANDLER_MS);
      await runTo(position, store, documents, { concurrency, maxInFlight: 10_000, handle });
      return events;
    };
  };
  return {
    name: `handlers that wait ${HANDLER_MS} ms, 64 at the same time, ${ACTORS.toLocaleString("en")} actors`,
    against: "one at a time",
    unit: "events/s",
    goal: 50,
    repetitions,
    ours: { run: await handling(64, quick ? 2_000 : 20_000) },
    baseline: { run: await handling(1, quick ? 50 : 300) },
  };
}
