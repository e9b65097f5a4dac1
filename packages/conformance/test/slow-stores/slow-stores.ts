import {
  type CallOptions,
  type Event,
  type EventStore,
  type EventsWithErrors,
  EventTooLargeError,
  type NewEvent,
  type NewSnapshot,
  type ReadOptions,
  type SaveReceipt,
  type Snapshot,
  type StoreSupports,
} from "@aether/core";
import { checkActorId, checkCount, prepareSnapshot, readRange } from "@aether/store-kit";
import type { StoreUnderTest } from "../../src/index.ts";
import { ReferenceStorage, referenceDamage } from "../reference-store/reference-storage.ts";
import { ReferenceStore, referenceSupports } from "../reference-store/reference-store.ts";
import { storeUnderTest } from "../store-mutants/mutant.ts";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A correct store that makes one call at a time. Each call takes this time, in milliseconds. */
class SerialStore extends ReferenceStore {
  protected readonly callMs: number = 30;
  static readonly #turns = new WeakMap<ReferenceStorage, Promise<unknown>>();
  readonly #pending = new Set<Promise<unknown>>();

  async #inTurn<T>(options: CallOptions | undefined, work: () => Promise<T>, ms: number = this.callMs): Promise<T> {
    this.checkOpen(options);
    const earlier = SerialStore.#turns.get(this.storage) ?? Promise.resolve();
    const turn = earlier.then(async () => {
      options?.signal?.throwIfAborted();
      await pause(ms);
      return work();
    });
    const ended = turn.catch(() => {});
    SerialStore.#turns.set(this.storage, ended);
    this.#pending.add(ended);
    void ended.then(() => this.#pending.delete(ended));
    return turn;
  }

  override async saveEvent(event: NewEvent, options?: CallOptions): Promise<SaveReceipt> {
    const prepared = this.prepare(event);
    return this.#inTurn(options, async () => (await this.commit([prepared]))[0] as SaveReceipt);
  }

  override async saveEvents(events: readonly NewEvent[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
    const prepared = this.prepareBatch(events);
    return this.#inTurn(options, async () => (prepared.length === 0 ? [] : this.commit(prepared)));
  }

  override async getEventsWithErrors(actorId: string, from = 0, options?: CallOptions): Promise<EventsWithErrors> {
    checkActorId(actorId);
    checkCount(from, "fromVersion");
    return this.#inTurn(options, async () => {
      const { events, errors } = this.read(actorId);
      return { events: this.from(events, from), errors };
    });
  }

  override async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
    checkActorId(actorId);
    return this.#inTurn(options, async () => this.latestVersion(actorId));
  }

  protected override async *stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
    checkActorId(actorId);
    const range = readRange(options);
    const events = await this.#inTurn(options, async () => this.select(this.read(actorId).events, range));
    for (const event of events) {
      options?.signal?.throwIfAborted();
      yield event;
    }
  }

  override async saveSnapshot<State extends object>(
    snapshot: NewSnapshot<State>,
    options?: CallOptions,
  ): Promise<void> {
    const prepared = prepareSnapshot(snapshot);
    return this.#inTurn(options, async () => this.putSnapshot(prepared));
  }

  override async getLatestSnapshot<State extends object>(
    actorId: string,
    options?: CallOptions,
  ): Promise<Snapshot<State> | undefined> {
    checkActorId(actorId);
    return this.#inTurn(options, async () => this.snapshot(actorId) as Snapshot<State> | undefined);
  }

  override async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.#pending);
    await super.close();
  }
}

class SlowWrites extends SerialStore {
  protected override readonly callMs = 4;
}

const singleSupports: StoreSupports = { durable: true, shared: true };

/** Hides the methods of the capabilities. */
function withoutCapabilities(store: ReferenceStore): EventStore {
  return {
    supports: singleSupports,
    saveEvent: (event: NewEvent, options) => store.saveEvent(event, options),
    getEvents: (actorId, fromVersion, options) => store.getEvents(actorId, fromVersion, options),
    getLatestVersion: (actorId, options) => store.getLatestVersion(actorId, options),
    close: () => store.close(),
    [Symbol.asyncDispose]: () => store.close(),
  };
}

/** A correct store with a limit of 64 KiB for one save. */
class SmallPieces extends ReferenceStore {
  protected override append(events: readonly Event[]): readonly SaveReceipt[] {
    const [sizeBytes, limitBytes] = [Buffer.byteLength(this.encode(events)), 65_536];
    if (sizeBytes > limitBytes)
      throw new EventTooLargeError({ actorId: events[0]?.actorId ?? "", sizeBytes, limitBytes });
    return super.append(events);
  }
}

/** Correct stores that are slow, or accept only small saves. */
export const slowStores: Readonly<Record<string, StoreUnderTest<ReferenceStorage>>> = {
  "a store without batches that takes 4 ms per call": {
    supports: singleSupports,
    createStorage: () => new ReferenceStorage(),
    open: (storage) => withoutCapabilities(new SlowWrites(storage)),
    damage: referenceDamage,
  },
  "a store that makes one call at a time and takes 30 ms for it": {
    ...storeUnderTest(SerialStore),
    supports: referenceSupports,
  },
  "a store that accepts at most 64 KiB in one save": storeUnderTest(SmallPieces),
};
