import { defineProjection, type Projection } from "@aether/projections";
import type { FileEvent } from "../events/file-event.ts";

/** The document of a top-level folder. */
export interface FolderLines {
  /** Number of added lines minus number of deleted lines, in all text files of the folder. */
  readonly lines: number;
  /** Number of events. */
  readonly changes: number;
}

/**
 * The read model: the number of lines in each top-level folder. Competing writers store events in any order, and sums
 * do not depend on it.
 */
export const linesByFolder: Projection<FileEvent, FolderLines> = defineProjection<FileEvent, FolderLines>({
  name: "lines-by-folder",
  version: 1,
  documentId: ({ actorId }) => folderOf(actorId),
  evolve: { FileAdded: withChange, FileModified: withChange, FileDeleted: withChange },
});

/** Returns the top-level folder of a path, with a slash at the end; `./` for files in no folder. */
export function folderOf(path: string): string {
  const end = path.indexOf("/");
  return end < 0 ? "./" : path.slice(0, end + 1);
}

function withChange(folder: FolderLines | undefined, { data }: FileEvent): FolderLines {
  const { lines = 0, changes = 0 } = folder ?? {};
  return { lines: lines + (data.content === "text" ? data.added - data.deleted : 0), changes: changes + 1 };
}
