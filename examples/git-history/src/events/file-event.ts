import type { EventDraft, EventsOf } from "@aether/core";

/** Data of every event: the effect of one commit on one file. Git counts no lines in binary files. */
export type FileChange = {
  /** Position among all changes of the log, from 1. */
  readonly ordinal: number;
} & ({ readonly content: "text"; readonly added: number; readonly deleted: number } | { readonly content: "binary" });

/** The events of a file. The actor id is the file's path, the correlation id is the commit's hash. */
export type FileEvent = EventsOf<{
  FileAdded: FileChange;
  FileModified: FileChange;
  FileDeleted: FileChange;
}>;

/** An event from the log, not stored yet. Its version is assigned when it is saved. */
export interface LoggedEvent {
  readonly path: string;
  readonly draft: EventDraft<FileEvent>;
}
