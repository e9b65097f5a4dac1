/** Actors that get events in a run. */
export const ACTORS = 300;
/** One of this number of actors has an event whose handler always fails. */
const ACTORS_PER_HOPELESS_EVENT = 20;
/** Version of this event. */
const HOPELESS_VERSION = 3;

/** The data of an event. */
export interface WorkData {
  /** Time until which the handler fails, on the clock that all processes share; absent if it does not fail. */
  readonly failsUntilMs?: number | undefined;
}

export function actorIdOf(index: number): string {
  return `actor-${index}`;
}

export function eventIdOf(actorId: string, version: number): string {
  return `${actorId}/${version}`;
}

/** Returns the actor and the version in an id from {@link eventIdOf}. */
export function parseEventId(eventId: string): { readonly actorId: string; readonly version: number } {
  const [actorId = "", version] = eventId.split("/");
  return { actorId, version: Number(version) };
}

/** Returns true if the handler of an event always fails, so that the event must be discarded. */
export function isHopeless(actorId: string, version: number): boolean {
  return version === HOPELESS_VERSION && Number(actorId.split("-")[1]) % ACTORS_PER_HOPELESS_EVENT === 0;
}
