import type { EventDraft, EventsOf } from "@aether/core";
import type { LineChange } from "../log/numstat.ts";

/** The facts of a change: what became of the lines, and the change's place among all changes of the log. */
export type FileChange = LineChange & { readonly ordinal: number };

/** What happens to a file. The actor is its path, the correlation id the commit. */
export type FileEvent = EventsOf<{
  FileAdded: FileChange;
  FileModified: FileChange;
  FileDeleted: FileChange;
}>;

/** An event of the log that is to be stored. Whoever appends it gives it its version. */
export interface LoggedEvent {
  readonly path: string;
  readonly draft: EventDraft<FileEvent>;
}
