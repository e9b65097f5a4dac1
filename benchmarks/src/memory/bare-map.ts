import type { Event } from "@aether/core";

/**
 * The least that keeps events really immutable: a copy of each, frozen at every depth, in a map from actor to events. It
 * checks the version and nothing else, and waits for nothing.
 */
export class BareMap {
  readonly #actors = new Map<string, Event[]>();

  append(event: Event): void {
    const events = this.#actors.get(event.actorId);
    if (event.version <= (events?.at(-1)?.version ?? 0)) throw new Error(`version ${event.version} is there already`);
    const kept = frozenCopy(event);
    if (events === undefined) this.#actors.set(event.actorId, [kept]);
    else events.push(kept);
  }

  read(actorId: string): readonly Event[] {
    return Object.freeze(this.#actors.get(actorId)?.slice() ?? []);
  }
}

function frozenCopy<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy)) as T;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) copy[key] = frozenCopy((value as Record<string, unknown>)[key]);
  return Object.freeze(copy) as T;
}
