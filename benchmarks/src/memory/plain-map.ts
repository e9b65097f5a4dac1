import type { Event } from "@aether/core";
import { frozenCopy } from "../frozen-copy.ts";

/**
 * A minimal synchronous store of immutable events: a map from actors to deeply frozen copies of their events. Its only
 * check is that versions increase.
 */
export class PlainMap {
  readonly #actors = new Map<string, Event[]>();

  append(event: Event): void {
    const events = this.#actors.get(event.actorId);
    if (event.version <= (events?.at(-1)?.version ?? 0)) throw new Error(`version ${event.version} exists already`);
    const stored = frozenCopy(event);
    if (events === undefined) this.#actors.set(event.actorId, [stored]);
    else events.push(stored);
  }

  read(actorId: string): readonly Event[] {
    return Object.freeze(this.#actors.get(actorId)?.slice() ?? []);
  }
}
