// A process that saves events of its own actors all the time. The suite forks several of these processes.

import { setTimeout as delay } from "node:timers/promises";
import { isVersionConflictError, type NewEvent } from "@aether/core";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { Random } from "../random.ts";
import { sharedNow } from "../workload/clock.ts";
import { connectAs } from "../workload/connect.ts";
import { isPassing } from "./is-passing.ts";
import type { FromSaver, SaverPlan, ToSaver } from "./processor-messages.ts";
import { eventIdOf, type WorkData } from "./work-events.ts";

const PROGRESS_INTERVAL_MS = 200;
/** Longest pause after a save, in milliseconds. */
const MAX_PAUSE_MS = 100;
/** Share of the events whose handler fails for a time. */
const FAILING = 0.01;
/** Longest time for which a handler fails, in milliseconds. */
const MAX_FAILING_MS = 6_000;

process.once("disconnect", () => process.exit(1));
process.on("message", (message: ToSaver) => {
  if (message.kind === "start") void start(message.plan);
});

async function start({ client, urls, streamName, actorIds, maxInFlight, seed }: SaverPlan): Promise<void> {
  const random = new Random(seed);
  const connection = await connectAs(client, urls);
  const store = await JetStreamEventStore.open(connection, { streamName, stream: "bind", ackTimeoutMs: 2_000 });
  const versions: Record<string, number> = {};
  const unexpected: string[] = [];
  let saved = 0;
  let isFinishing = false;
  process.on("message", (message: ToSaver) => {
    if (message.kind === "finish") isFinishing = true;
  });

  const newData = (): WorkData =>
    random.chance(FAILING) ? { failsUntilMs: sharedNow() + random.integer(0, MAX_FAILING_MS) } : {};
  /** Saves events until it is certain that they are stored. */
  const save = async (events: readonly NewEvent[]): Promise<void> => {
    for (;;) {
      try {
        await store.saveEvents(events);
        return;
      } catch (error) {
        if (isVersionConflictError(error) && error.sameEvent) return;
        if (!isPassing(error)) throw error;
        await delay(20);
      }
    }
  };
  /** Saves events of every nth actor, one save after the other. */
  const lane = async (first: number): Promise<void> => {
    const own = actorIds.filter((_, index) => index % maxInFlight === first);
    while (!isFinishing) {
      const actorId = random.pick(own);
      const latest = versions[actorId] ?? 0;
      const timestamp = new Date().toISOString();
      const events = Array.from({ length: random.chance(0.2) ? random.integer(2, 4) : 1 }, (_, offset) => {
        const version = latest + offset + 1;
        const id = eventIdOf(actorId, version);
        return { id, actorId, version, eventType: "Worked", data: newData(), timestamp };
      });
      await save(events);
      versions[actorId] = latest + events.length;
      saved += events.length;
      await delay(random.integer(0, MAX_PAUSE_MS));
    }
  };

  setInterval(() => send({ kind: "progress", saved }), PROGRESS_INTERVAL_MS);
  send({ kind: "ready" });
  await Promise.all(
    Array.from({ length: maxInFlight }, (_, first) =>
      lane(first).catch((error: unknown) => void unexpected.push(`a save failed: ${String(error)}`)),
    ),
  );
  process.removeAllListeners("disconnect");
  process.send?.({ kind: "finished", versions, unexpected } satisfies FromSaver, () => process.exit(0));
}

function send(message: FromSaver): void {
  process.send?.(message);
}
