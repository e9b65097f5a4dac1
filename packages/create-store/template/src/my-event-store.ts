import type { CallOptions, Event, EventStore, NewEvent, SaveReceipt, StoreSupports } from "@aether/core";
import { StoreClosedError } from "@aether/core";
import { checkActorId, checkCount, type EventDefaults, prepareEvent } from "@aether/store-kit";

/** What {@link MyEventStore} can do. What is declared here must be there, and keeps its promises. */
export const myStoreSupports: StoreSupports = Object.freeze({ durable: false, shared: false });

const defaults: EventDefaults = { newId: () => crypto.randomUUID(), now: () => new Date().toISOString() };

/** Keeps events. What it checks and refuses is written; where it keeps them is not. */
export class MyEventStore<out E extends Event = Event> implements EventStore<E> {
  readonly supports: StoreSupports = myStoreSupports;
  #closed = false;

  /** Opens the store on a place: what that is, a folder, a table, a connection, is up to the store. */
  static async open<E extends Event = Event>(_place: string): Promise<MyEventStore<E>> {
    return new MyEventStore<E>();
  }

  async saveEvent(event: NoInfer<NewEvent<E> | E>, options?: CallOptions): Promise<SaveReceipt> {
    const prepared = prepareEvent<E>(event, defaults);
    this.#admit(options);
    return notWritten(`save version ${prepared.version} of ${prepared.actorId}, or throw a VersionConflictError`);
  }

  async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly E[]> {
    checkActorId(actorId);
    checkCount(fromVersion, "fromVersion");
    this.#admit(options);
    return notWritten(`read the events of ${actorId} from version ${fromVersion}: decodeEvent checks and freezes them`);
  }

  async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
    checkActorId(actorId);
    this.#admit(options);
    return notWritten(`read the version of the last event of ${actorId}, 0 if there is none`);
  }

  /** Finish what is under way here, and free what the store holds. */
  async close(): Promise<void> {
    this.#closed = true;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Every call is refused in this order: bad input, a closed store, an aborted signal. */
  #admit(options: CallOptions | undefined): void {
    if (this.#closed) throw new StoreClosedError();
    options?.signal?.throwIfAborted();
  }
}

function notWritten(what: string): never {
  throw new Error(`not written yet: ${what}`);
}
