import type { EventDraft, EventsOf } from "@aether/core";

/** Data of every event, which describes the change to one file in one commit. Git counts no lines in binary files. */
export type FileChange = {
  /** Number of the change in the log, from 1. */
  readonly ordinal: number;
} & ({ readonly content: "text"; readonly added: number; readonly deleted: number } | { readonly content: "binary" });

/** The events of a file. The actor id is the file's path, and the correlation id is the commit's hash. */
export type FileEvent = EventsOf<{
  FileAdded: FileChange;
  FileModified: FileChange;
  FileDeleted: FileChange;
}>;

/** An event from the log that has not been stored. Its version is assigned when it is saved. */
export interface LoggedEvent {
  readonly path: string;
  readonly draft: EventDraft<FileEvent>;
}
