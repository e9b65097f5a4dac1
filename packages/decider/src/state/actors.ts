import type { Event } from "@aether/core";
import { Actor } from "./actor.ts";

/**
 * The actors that a handler knows: those in use, and a cache of idle ones. The list of idle actors is ordered from the
 * least to the most recently used one, and the least recently used one is forgotten first.
 */
export class Actors<E extends Event, State> {
  readonly #capacity: number;
  readonly #byId = new Map<string, Actor<E, State>>();
  #oldest: Actor<E, State> | undefined;
  #newest: Actor<E, State> | undefined;
  #evictions = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#byId.size;
  }

  get evictions(): number {
    return this.#evictions;
  }

  /** Returns an actor for use. Call `release` afterwards. */
  take(actorId: string): Actor<E, State> {
    let actor = this.#byId.get(actorId);
    if (actor === undefined) {
      actor = new Actor(actorId);
      this.#byId.set(actorId, actor);
    } else if (actor.isListed) this.#unlist(actor);
    return actor;
  }

  /** Keeps an actor for later, if it has become idle and has a state. Forgets others if there are too many. */
  release(actor: Actor<E, State>): void {
    if (!actor.isIdle || actor.isListed) return;
    if (actor.known === undefined || this.#capacity === 0) this.#byId.delete(actor.id);
    else this.#list(actor);
    while (this.#byId.size > this.#capacity && this.#oldest !== undefined) {
      const forgotten = this.#oldest;
      this.#unlist(forgotten);
      this.#byId.delete(forgotten.id);
      this.#evictions++;
    }
  }

  #list(actor: Actor<E, State>): void {
    actor.isListed = true;
    actor.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = actor;
    else this.#newest.newer = actor;
    this.#newest = actor;
  }

  #unlist(actor: Actor<E, State>): void {
    const { newer, older } = actor;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    actor.isListed = false;
    actor.newer = undefined;
    actor.older = undefined;
  }
}
