import type { CallOptions, Event, EventDraft, EventStore, VersionConflictError } from "@aether/core";
import { abortable } from "./abortable.ts";
import type { Decide, Decision } from "./decide.ts";

/** What was decided, and the version that the decision builds on. */
export interface Decided<E extends Event> {
  readonly drafts: readonly EventDraft<E>[];
  readonly version: number;
}

/** The part of an actor's history that the decisions of one call have seen. It grows from attempt to attempt. */
export class SeenHistory<E extends Event> {
  readonly #store: EventStore<E>;
  readonly #actorId: string;
  readonly #call: CallOptions;
  #events: readonly E[] = Object.freeze([]);

  constructor(store: EventStore<E>, actorId: string, call: CallOptions) {
    this.#store = store;
    this.#actorId = actorId;
    this.#call = call;
  }

  /** Lets `decide` look at the history as far as it wants to, and notes how far that was. */
  async decide(decide: Decide<E>, attempt: number, conflict: VersionConflictError | undefined): Promise<Decided<E>> {
    const { signal } = this.#call;
    let reading: Promise<readonly E[]> | undefined;
    let asking: Promise<number> | undefined;
    let version: number | undefined;
    const events = (): Promise<readonly E[]> => {
      reading ??= this.#readNew().then((all) => {
        version = lastVersion(all);
        return all;
      });
      return reading;
    };
    const currentVersion = (): Promise<number> => {
      if (reading !== undefined) return reading.then(lastVersion);
      asking ??= this.#latestVersion(conflict).then((latest) => {
        version ??= latest;
        return latest;
      });
      return asking;
    };
    const deciding = (async () =>
      decide({ actorId: this.#actorId, attempt, conflict, signal, events, currentVersion }))();
    const drafts = listOf(await abortable(deciding, signal));
    // A version read only now would hide the events between what was looked at and now: it serves only where nothing was.
    return { drafts, version: version ?? (drafts.length === 0 ? 0 : await this.#latestVersion(conflict)) };
  }

  async #readNew(): Promise<readonly E[]> {
    const known = this.#events;
    const from = known.length === 0 ? 0 : lastVersion(known) + 1;
    const fresh = await this.#store.getEvents(this.#actorId, from, this.#call);
    if (fresh.length > 0) this.#events = Object.freeze([...known, ...fresh]);
    return this.#events;
  }

  async #latestVersion(conflict: VersionConflictError | undefined): Promise<number> {
    return conflict?.currentVersion ?? this.#store.getLatestVersion(this.#actorId, this.#call);
  }
}

function lastVersion(events: readonly Event[]): number {
  return events.at(-1)?.version ?? 0;
}

function listOf<E extends Event>(decision: Decision<E>): readonly EventDraft<E>[] {
  if (decision === undefined) return [];
  return Array.isArray(decision) ? decision : [decision as EventDraft<E>];
}
