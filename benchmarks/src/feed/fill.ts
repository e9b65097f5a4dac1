import type { BatchEventStore } from "@aether/core";
import { inFlight } from "../in-flight.ts";
import { sampleEvent } from "../sample-event.ts";

/** Contents of a store. */
export interface Contents {
  readonly events: number;
  readonly actors: number;
  /** Number of events of a commit. */
  readonly perCommit: number;
}

/** Saves the events of all actors in turn. So each commit is a message of its own. */
export async function fill(store: BatchEventStore, { events, actors, perCommit }: Contents): Promise<void> {
  await inFlight(events / perCommit, Math.min(256, actors), (commit) => {
    const firstVersion = Math.floor(commit / actors) * perCommit + 1;
    const actorId = `order-${commit % actors}`;
    return store.saveEvents(
      Array.from({ length: perCommit }, (_, index) => sampleEvent(actorId, firstVersion + index)),
    );
  });
}
