import type { Event, SnapshotStore } from "@aether/core";
import type { Counters } from "../counters.ts";
import type { SnapshotCodec } from "../decider.ts";
import type { Actor } from "../state/actor.ts";
import type { CommandIdsJson } from "../state/command-ids.ts";
import type { KnownState } from "../state/known-state.ts";

/** A snapshot that could not be loaded or saved. The events are complete without it. */
export interface SnapshotFailure {
  /** Id of the actor. */
  readonly actorId: string;
  /** `"load"` if the snapshot could not be used, `"save"` if it could not be saved. */
  readonly operation: "load" | "save";
  /** The error of the store, of `toJson` or of `fromJson`. */
  readonly error: unknown;
}

/** Content of a snapshot. */
interface SnapshotJson {
  readonly codecVersion: number | string;
  readonly state: object;
  readonly commandIds: CommandIdsJson;
}

/** Constructor options of {@link Snapshots}. */
export interface SnapshotsParts<E extends Event, State> {
  readonly store: SnapshotStore;
  readonly codec: SnapshotCodec<State>;
  /** Number of events after which a new snapshot is saved. */
  readonly everyEvents: number;
  readonly counters: Counters;
  readonly onFailure: (failure: SnapshotFailure) => void;
  /** Called when a save of a snapshot has ended. */
  readonly release: (actor: Actor<E, State>) => void;
}

/** Loads the snapshots of actors, and saves new ones in the background. Neither ever fails. */
export class Snapshots<E extends Event, State> {
  readonly #parts: SnapshotsParts<E, State>;
  readonly #saving = new Set<Promise<void>>();

  constructor(parts: SnapshotsParts<E, State>) {
    this.#parts = parts;
  }

  /** Adds the actor's newest snapshot to the known state, if there is one of the codec's version. */
  async load(actor: Actor<E, State>, known: KnownState<E, State>, signal: AbortSignal): Promise<void> {
    const { store, codec } = this.#parts;
    try {
      const snapshot = await store.getLatestSnapshot<SnapshotJson>(actor.id, { signal });
      if (snapshot?.state.codecVersion !== codec.version) return;
      const { state, commandIds } = snapshot.state;
      known.addSnapshot({ version: snapshot.version, state: codec.fromJson(state as never), commandIds });
      actor.snapshotVersion = known.version;
    } catch (error) {
      if (!signal.aborted) this.#report({ actorId: actor.id, operation: "load", error });
    }
  }

  /** Saves a snapshot in the background, if enough events were added since the last one. */
  saveIfDue(actor: Actor<E, State>, known: KnownState<E, State>): void {
    if (known.version - actor.snapshotVersion < this.#parts.everyEvents || actor.isSavingSnapshot) return;
    // Even if the save fails, the next one waits for as many events.
    actor.snapshotVersion = known.version;
    actor.isSavingSnapshot = true;
    const saving = this.#save(actor, known).finally(() => {
      actor.isSavingSnapshot = false;
      this.#saving.delete(saving);
      this.#parts.release(actor);
    });
    this.#saving.add(saving);
  }

  /** Resolves when no save is in flight. */
  async drain(): Promise<void> {
    while (this.#saving.size > 0) await Promise.all(this.#saving);
  }

  async #save({ id: actorId }: Actor<E, State>, { version, state, commandIds }: KnownState<E, State>): Promise<void> {
    const { store, codec, counters } = this.#parts;
    try {
      const json = { codecVersion: codec.version, state: codec.toJson(state), commandIds: commandIds.toJSON() };
      await store.saveSnapshot<SnapshotJson>({ actorId, version, state: json });
      counters.snapshotsSaved++;
    } catch (error) {
      this.#report({ actorId, operation: "save", error });
    }
  }

  #report(failure: SnapshotFailure): void {
    this.#parts.counters.snapshotsFailed++;
    try {
      this.#parts.onFailure(failure);
    } catch (error) {
      // An error of the listener must not change the outcome of a command.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
