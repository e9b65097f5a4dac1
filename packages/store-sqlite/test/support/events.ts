import type { Event, NewEvent } from "@aether/core";

/** Returns an event whose id contains the actor and the version. */
export function saved(actorId: string, version: number, fields: Partial<NewEvent> = {}): NewEvent {
  return { id: `${actorId}/${version}`, actorId, version, eventType: "Saved", data: {}, ...fields };
}

/** Returns the versions of events. */
export function versionsOf(events: readonly Event[]): readonly number[] {
  return events.map(({ version }) => version);
}

/** Resolves to the error of a call, or `undefined` if it succeeds. */
export async function failureOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
    return undefined;
  } catch (error) {
    return error;
  }
}
