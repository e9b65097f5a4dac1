import type { EventDraft } from "@aether/core";
import type { FileEvent, LoggedEvent } from "../events/file-event.ts";
import { forEachConcurrently } from "../for-each-concurrently.ts";
import type { SaveNext } from "./save-next.ts";

/** What a writer has done so far. */
export interface AppendTally {
  readonly appended: number;
  /** How often another writer was first. */
  readonly conflictsMet: number;
  /** How many of these were followed by a success of the same event. */
  readonly conflictsResolved: number;
}

export const nothingAppended: AppendTally = { appended: 0, conflictsMet: 0, conflictsResolved: 0 };

/** The sum of what several writers have done. */
export function sumTallies(tallies: readonly AppendTally[]): AppendTally {
  return tallies.reduce(
    (sum, tally) => ({
      appended: sum.appended + tally.appended,
      conflictsMet: sum.conflictsMet + tally.conflictsMet,
      conflictsResolved: sum.conflictsResolved + tally.conflictsResolved,
    }),
    nothingAppended,
  );
}

export interface AppendOptions {
  readonly signal?: AbortSignal | undefined;
  /** Hears of every event that was stored and of every conflict. */
  readonly onProgress?: ((tally: AppendTally) => void) | undefined;
}

/** How many actors a writer has in flight at once. The events of one actor follow one another. */
const actorsInFlight = 64;

/** Saves every event, or rejects. */
export async function appendEvents(
  saveNext: SaveNext,
  events: readonly LoggedEvent[],
  { signal, onProgress }: AppendOptions = {},
): Promise<AppendTally> {
  let tally = nothingAppended;
  const count = (more: Partial<AppendTally>): void => {
    tally = sumTallies([tally, { ...nothingAppended, ...more }]);
    onProgress?.(tally);
  };
  const appendActor = async ([actorId, drafts]: readonly [string, readonly EventDraft<FileEvent>[]]): Promise<void> => {
    let version = 0;
    for (const draft of drafts) {
      let conflicts = 0;
      version = await saveNext(actorId, draft, version, () => {
        conflicts += 1;
        count({ conflictsMet: 1 });
      });
      count({ appended: 1, conflictsResolved: conflicts });
    }
  };
  await forEachConcurrently(draftsByActor(events), appendActor, { limit: actorsInFlight, signal });
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
