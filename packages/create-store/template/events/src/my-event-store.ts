import type { Event, EventsWithErrors, SaveReceipt, StoreSupports } from "@aether/core";
import { AbstractEventStore, type AnnounceOptions } from "@aether/store-kit";

/** Manifest of {@link MyEventStore}. The store must implement every capability that is declared here. */
export const myStoreSupports: StoreSupports = Object.freeze({ durable: false, shared: false });

/** An event store. Its base class checks all arguments; saving and reading are not written yet. */
export class MyEventStore<out E extends Event = Event> extends AbstractEventStore<E> {
  override readonly supports: StoreSupports = myStoreSupports;

  /** Opens the store. Replace `_place` with the storage that your store needs: a folder, a table or a connection. */
  static async open<E extends Event = Event>(_place: string, options: AnnounceOptions = {}): Promise<MyEventStore<E>> {
    return new MyEventStore<E>(options);
  }

  /** Called for each save. In one step, compare with the latest version, and throw `conflictOf(...)` or store. */
  protected override async append([event]: readonly E[]): Promise<readonly SaveReceipt[]> {
    return notWritten(`save version ${event?.version} of ${event?.actorId}, or throw a VersionConflictError`);
  }

  protected override async read(actorId: string, fromVersion: number): Promise<EventsWithErrors<E>> {
    return notWritten(`read the events of ${actorId} from version ${fromVersion}, and return decodeRecords(...)`);
  }

  protected override async latestVersion(actorId: string): Promise<number> {
    return notWritten(`read the version of the last event of ${actorId}, 0 if there is none`);
  }

  /** Called once by `close`, after all calls have ended. */
  protected override async release(): Promise<void> {
    // Release the store's resources here.
  }
}

function notWritten(task: string): never {
  throw new Error(`not written yet: ${task}`);
}
