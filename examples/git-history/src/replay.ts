import type { EventStore } from "@aether/core";
import type { FileEvent } from "./events/file-event.ts";
import { type FileState, foldEvents } from "./events/file-state.ts";
import { forEachConcurrently } from "./for-each-concurrently.ts";

export interface ReplayOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of events read so far. */
  readonly onProgress?: ((events: number) => void) | undefined;
}

/** Number of actors that are read at once. */
const concurrentActors = 32;

/** Reads the events of every path and folds them into its state. */
export async function replay(
  store: EventStore<FileEvent>,
  paths: Iterable<string>,
  { signal, onProgress }: ReplayOptions = {},
): Promise<ReadonlyMap<string, FileState>> {
  const states = new Map<string, FileState>();
  let read = 0;
  const replayOne = async (path: string): Promise<void> => {
    const events = await store.getEvents(path, 0, { signal });
    states.set(path, foldEvents(events));
    read += events.length;
    onProgress?.(read);
  };
  await forEachConcurrently(paths, replayOne, { limit: concurrentActors, signal });
  return states;
}
