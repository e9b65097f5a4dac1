import { keyOf, mayHaveStored } from "./actor-history.ts";
import type { RecordedEvent, RecordedSave } from "./history.ts";

/**
 * The commits that may have stored the events of one actor. A commit is the list of events of one call: an event alone,
 * or a batch. Repeating a save adds no commit.
 */
export class Commits {
  readonly #commits = new Map<string, Set<string>>();

  constructor(saves: readonly RecordedSave[]) {
    for (const save of saves.filter(mayHaveStored)) {
      const commit = commitOf(save);
      for (const event of save.events) {
        const key = keyOf(event);
        this.#commits.set(key, (this.#commits.get(key) ?? new Set()).add(commit));
      }
    }
  }

  /** Returns true if no other commit than that of the save may have stored the event. */
  isOnlyIn(save: RecordedSave, event: RecordedEvent): boolean {
    const commits = this.#commits.get(keyOf(event));
    return commits === undefined || (commits.size === 1 && commits.has(commitOf(save)));
  }
}

function commitOf({ events }: RecordedSave): string {
  return events.map(keyOf).join("\n");
}
