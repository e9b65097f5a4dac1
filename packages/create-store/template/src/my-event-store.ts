import type { CallOptions, Event, EventStore, NewEvent, SaveReceipt, StoreSupports } from "@aether/core";
import { StoreClosedError } from "@aether/core";
import { checkActorId, checkCount, type EventDefaults, prepareEvent } from "@aether/store-kit";

/** Manifest of {@link MyEventStore}. The store must implement every capability that is declared here. */
export const myStoreSupports: StoreSupports = Object.freeze({ durable: false, shared: false });

const defaults: EventDefaults = { newId: () => crypto.randomUUID(), now: () => new Date().toISOString() };

/** An event store. The argument checks are complete; saving and reading are not written yet. */
export class MyEventStore<out E extends Event = Event> implements EventStore<E> {
  readonly supports: StoreSupports = myStoreSupports;
  #closed = false;

  /** Opens the store. Replace `_place` with the storage that your store needs: a folder, a table or a connection. */
  static async open<E extends Event = Event>(_place: string): Promise<MyEventStore<E>> {
    return new MyEventStore<E>();
  }

  async saveEvent(event: NewEvent<E>, options?: CallOptions): Promise<SaveReceipt> {
    const prepared = prepareEvent<E>(event, defaults);
    this.#checkOpen(options);
    return notWritten(`save version ${prepared.version} of ${prepared.actorId}, or throw a VersionConflictError`);
  }

  async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly E[]> {
    checkActorId(actorId);
    checkCount(fromVersion, "fromVersion");
    this.#checkOpen(options);
    return notWritten(`read the events of ${actorId} from version ${fromVersion}; decodeEvent checks and freezes them`);
  }

  async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
    checkActorId(actorId);
    this.#checkOpen(options);
    return notWritten(`read the version of the last event of ${actorId}, 0 if there is none`);
  }

  /** Closes the store. Wait here for calls in flight, and release the store's resources. */
  async close(): Promise<void> {
    this.#closed = true;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Throws if the store is closed or the signal is aborted. Call this method after the argument checks. */
  #checkOpen(options: CallOptions | undefined): void {
    if (this.#closed) throw new StoreClosedError();
    options?.signal?.throwIfAborted();
  }
}

function notWritten(task: string): never {
  throw new Error(`not written yet: ${task}`);
}
