import { type Event, VersionConflictError } from "@aether/core";

/**
 * Returns the error for a save whose first version is not greater than the actor's latest version, or `undefined` if
 * the events can be stored. Call it in the step that picks the winner.
 *
 * @param events - the prepared events of one save
 * @param latestVersion - version of the actor's last stored event, or 0
 * @param idAt - returns the id of the stored event of a version, or `undefined` if there is none. It is called only if
 * there is a conflict.
 *
 * @example
 * ```ts
 * const stored = new Map([[1, "e1"]]);
 * const conflict = conflictOf([event], 1, (version) => stored.get(version));
 * if (conflict !== undefined) throw conflict;
 * ```
 */
export function conflictOf(
  events: readonly Event[],
  latestVersion: number,
  idAt: (version: number) => string | undefined,
): VersionConflictError | undefined {
  const [first] = events;
  if (first === undefined || first.version > latestVersion) return undefined;
  return new VersionConflictError({
    actorId: first.actorId,
    attemptedVersion: first.version,
    currentVersion: latestVersion,
    sameEvent: events.every(({ version, id }) => version <= latestVersion && idAt(version) === id),
  });
}
