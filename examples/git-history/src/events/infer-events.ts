import { MetadataKeys } from "@aether/core";
import type { LoggedChange } from "../log/git-log.ts";
import type { LineChange } from "../log/numstat.ts";
import type { FileEvent, LoggedEvent } from "./file-event.ts";

/**
 * Turns the changes of a log into events. The log does not record whether a file was added, modified or deleted, so
 * the event type is inferred:
 *
 * - `FileAdded`: the first change to a path, or the first change after its deletion;
 * - `FileDeleted`: a change that removes all remaining lines and adds none;
 * - `FileModified`: any other change.
 *
 * An emptied file therefore looks like a deleted one, and the deletion of an empty or binary file looks like a
 * modification. Line counts are not affected.
 */
export function inferEvents(changes: readonly LoggedChange[]): readonly LoggedEvent[] {
  /** Line counts of the files that exist after the changes so far. */
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
