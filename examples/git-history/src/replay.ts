import type { EventStore } from "@aether/core";
import type { FileEvent } from "./events/file-event.ts";
import { type FileState, foldEvents } from "./events/file-state.ts";
import { forEachConcurrently } from "./for-each-concurrently.ts";

export interface ReplayOptions {
  readonly signal?: AbortSignal | undefined;
  /** Hears how many events have come back so far. */
  readonly onProgress?: ((events: number) => void) | undefined;
}

/** How many actors are read at once. */
const actorsInFlight = 32;

/** Reads every path's events and folds them into its state. */
export async function replay(
  store: EventStore<FileEvent>,
  paths: Iterable<string>,
  { signal, onProgress }: ReplayOptions = {},
): Promise<ReadonlyMap<string, FileState>> {
  const states = new Map<string, FileState>();
  let read = 0;
  const replayOne = async (path: string): Promise<void> => {
    const events = await store.getEvents(path, 0, signal === undefined ? {} : { signal });
    states.set(path, foldEvents(events));
    read += events.length;
    onProgress?.(read);
  };
  await forEachConcurrently(paths, replayOne, { limit: actorsInFlight, signal });
  return states;
}
