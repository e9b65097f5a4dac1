import { type Event, InvalidEventError } from "@aether/core";
import type { Decided } from "./decide.ts";

/**
 * Returns the stored events that have the ids of the drafts, if the call is a repeat of an earlier one. Returns
 * `undefined` if no id of the drafts is among the events that were read.
 *
 * @throws `AETHER_INVALID_EVENT` if some of the ids are among these events, but not all
 */
export function repeatOf<E extends Event>({ drafts, known }: Decided<E>): readonly E[] | undefined {
  const ids = drafts.map(({ id }) => id);
  const wanted = new Set(ids);
  const stored = known.filter(({ id }) => wanted.has(id));
  const [first] = stored;
  if (!first) return;
  if (ids.every((id) => stored.some((event) => event.id === id))) return stored;
  throw new InvalidEventError({
    path: `[${ids.indexOf(first.id)}].id`,
    reason: `is stored as version ${first.version}, but not the whole decision; give each event an id`,
  });
}
