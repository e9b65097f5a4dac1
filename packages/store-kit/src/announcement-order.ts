import type { Event } from "@aether/core";
import type { Announcer } from "./announcer.ts";
import { isPromise, type MaybePromise } from "./maybe-promise.ts";

/** A save in flight. */
interface Save {
  readonly events: readonly Event[];
  outcome: "pending" | "stored" | "rejected";
}

/**
 * Announces the events of each actor in version order, even if saves of an actor end in another order: the events of a
 * save wait until no save with lower versions is in flight.
 */
export class AnnouncementOrder {
  readonly #announcer: Announcer;
  /** The saves of each actor that have not been announced, in version order. */
  readonly #saves = new Map<string, Save[]>();

  constructor(announcer: Announcer) {
    this.#announcer = announcer;
  }

  /** Runs a save, and announces its events if it succeeds. */
  announceAfter<T>(events: readonly Event[], save: () => MaybePromise<T>): MaybePromise<T> {
    const end = this.#begin(events);
    const failed = (error: unknown): never => {
      end("rejected");
      throw error;
    };
    const stored = (result: T): T => {
      end("stored");
      return result;
    };
    let result: MaybePromise<T>;
    try {
      result = save();
    } catch (error) {
      return failed(error);
    }
    return isPromise(result) ? result.then(stored, failed) : stored(result);
  }

  /** Registers a save. Call the returned function when the save has ended. */
  #begin(events: readonly Event[]): (outcome: Save["outcome"]) => void {
    const save: Save = { events, outcome: "pending" };
    const actorId = events[0]?.actorId ?? "";
    const saves = this.#saves.get(actorId) ?? [];
    const later = saves.findIndex((other) => versionOf(other) > versionOf(save));
    saves.splice(later === -1 ? saves.length : later, 0, save);
    this.#saves.set(actorId, saves);
    return (outcome) => {
      save.outcome = outcome;
      this.#announce(actorId, saves);
    };
  }

  #announce(actorId: string, saves: Save[]): void {
    for (let [next] = saves; next !== undefined && next.outcome !== "pending"; [next] = saves) {
      saves.shift();
      if (next.outcome === "stored") this.#announcer.announce(next.events);
    }
    if (saves.length === 0) this.#saves.delete(actorId);
  }
}

function versionOf({ events: [first] }: Save): number {
  return first?.version ?? 0;
}
