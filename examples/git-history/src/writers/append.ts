import type { EventDraft } from "@aether/core";
import type { FileEvent, LoggedEvent } from "../events/file-event.ts";
import { forEachConcurrently } from "../for-each-concurrently.ts";
import type { SaveNext } from "./save-next.ts";

/** Number of events that a writer has saved so far, and of its conflicts. */
export interface AppendTally {
  readonly appended: number;
  /** Number of version conflicts. */
  readonly conflicts: number;
  /** Number of conflicts after which the same event was saved. */
  readonly conflictsResolved: number;
}

export const emptyTally: AppendTally = { appended: 0, conflicts: 0, conflictsResolved: 0 };

export function sumTallies(tallies: readonly AppendTally[]): AppendTally {
  return tallies.reduce(
    (sum, tally) => ({
      appended: sum.appended + tally.appended,
      conflicts: sum.conflicts + tally.conflicts,
      conflictsResolved: sum.conflictsResolved + tally.conflictsResolved,
    }),
    emptyTally,
  );
}

export interface AppendOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after every saved event and every conflict. */
  readonly onProgress?: ((tally: AppendTally) => void) | undefined;
}

/** Number of actors that a writer appends to at once. The events of one actor are saved one after another. */
const concurrentActors = 64;

/** Saves all events. Rejects if one of them cannot be saved. */
export async function appendEvents(
  saveNext: SaveNext,
  events: readonly LoggedEvent[],
  { signal, onProgress }: AppendOptions = {},
): Promise<AppendTally> {
  let tally = emptyTally;
  const count = (more: Partial<AppendTally>): void => {
    tally = sumTallies([tally, { ...emptyTally, ...more }]);
    onProgress?.(tally);
  };
  const appendActor = async ([actorId, drafts]: readonly [string, readonly EventDraft<FileEvent>[]]): Promise<void> => {
    let version = 0;
    for (const draft of drafts) {
      let conflicts = 0;
      version = await saveNext(actorId, draft, version, () => {
        conflicts += 1;
        count({ conflicts: 1 });
      });
      count({ appended: 1, conflictsResolved: conflicts });
    }
  };
  await forEachConcurrently(draftsByActor(events), appendActor, { limit: concurrentActors, signal });
  return tally;
}

function draftsByActor(events: readonly LoggedEvent[]): ReadonlyMap<string, readonly EventDraft<FileEvent>[]> {
  const drafts = new Map<string, EventDraft<FileEvent>[]>();
  for (const { path, draft } of events) {
    const known = drafts.get(path);
    if (known === undefined) drafts.set(path, [draft]);
    else known.push(draft);
  }
  return drafts;
}
