import { MetadataKeys } from "@aether/core";
import type { LoggedChange } from "../log/git-log.ts";
import type { LineChange } from "../log/numstat.ts";
import type { FileEvent, LoggedEvent } from "./file-event.ts";

/**
 * Makes events of the log's changes. The log does not say whether a file was added, modified or deleted, so that is
 * inferred:
 *
 * - the first change of a path, or the first one after its deletion, adds it;
 * - a change that takes away the last lines and adds none deletes it;
 * - any other change modifies it.
 *
 * The limits: a file that was emptied looks like a deleted one; the deletion of a binary or of an empty file looks like a
 * modification. Line counts do not depend on it.
 */
export function inferEvents(changes: readonly LoggedChange[]): readonly LoggedEvent[] {
  /** The lines of the files that exist, as far as they were counted. */
  const lines = new Map<string, number>();
  return changes.map(({ path, change, ordinal, commit }) => {
    const before = lines.get(path);
    const after = (before ?? 0) + (change.content === "text" ? change.added - change.deleted : 0);
    const eventType = inferType(change, before, after);
    if (eventType === "FileDeleted") lines.delete(path);
    else lines.set(path, after);
    const metadata = { [MetadataKeys.correlationId]: commit.hash };
    return { path, draft: { eventType, data: { ...change, ordinal }, metadata, timestamp: commit.date } };
  });
}

function inferType(change: LineChange, before: number | undefined, after: number): FileEvent["eventType"] {
  if (before === undefined) return "FileAdded";
  const onlyDeletes = change.content === "text" && change.added === 0 && change.deleted > 0;
  return onlyDeletes && after === 0 ? "FileDeleted" : "FileModified";
}
