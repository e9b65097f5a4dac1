import { type Event, onAbort } from "@aether/core";
import type { KnownState } from "./known-state.ts";
import type { SharedRead } from "./shared-read.ts";

/** An actor in the memory of a handler: its state, the reads in flight, and the commands that wait for their turn. */
export class Actor<E extends Event, State> {
  readonly id: string;
  /** The state in the cache; `undefined` if nothing is known about the actor. */
  known: KnownState<E, State> | undefined;
  /** The read in flight. */
  reading: SharedRead<KnownState<E, State>> | undefined;
  /** The read that begins when the one in flight has ended. */
  nextRead: SharedRead<KnownState<E, State>> | undefined;
  /** Version of the newest snapshot that was loaded, saved or tried to save. */
  snapshotVersion = 0;
  isSavingSnapshot = false;
  /** True while the actor is in the list of idle actors. `newer` and `older` are its neighbours there. */
  isListed = false;
  newer: Actor<E, State> | undefined;
  older: Actor<E, State> | undefined;
  #isBusy = false;
  /** Created when a command has to wait, which is rare. */
  #waiting: Set<() => void> | undefined;

  constructor(id: string) {
    this.id = id;
  }

  /** True if no command, read or snapshot uses the actor. */
  get isIdle(): boolean {
    return !this.#isBusy && this.reading === undefined && !this.isSavingSnapshot;
  }

  /** Keeps a state in the cache, unless there is a newer one. */
  keep(known: KnownState<E, State>): void {
    if (this.known === undefined || this.known.version < known.version) this.known = known;
  }

  /** Begins the turn of a command, and returns true; returns false if another command has its turn. */
  tryEnter(): boolean {
    if (this.#isBusy) return false;
    this.#isBusy = true;
    return true;
  }

  /** Resolves when it is the turn of the command. @throws `signal.reason` */
  enter(signal: AbortSignal | undefined): Promise<void> {
    this.#waiting ??= new Set();
    const waiting = this.#waiting;
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        stop?.();
        resolve();
      };
      const stop =
        signal &&
        onAbort(signal, () => {
          if (waiting.delete(begin)) reject(signal.reason);
        });
      waiting.add(begin);
    });
  }

  /** Ends the turn of a command, and begins that of the next. */
  leave(): void {
    const waiting = this.#waiting;
    if (waiting === undefined || waiting.size === 0) {
      this.#isBusy = false;
      return;
    }
    for (const next of waiting) {
      waiting.delete(next);
      next();
      return;
    }
  }
}
