import type { EventStore, StoreCapabilities, StoreCapability } from "@aether/core";
import { show } from "../checks/show.ts";
import { CallTracker } from "../instrument/call-tracker.ts";
import { instrumentStore } from "../instrument/instrument-store.ts";
import { awaitResult } from "../instrument/instrumented-call.ts";
import type { StoreCase, StoreCaseContext } from "../suite/store-case.ts";
import type { AnnouncementRecorder, StoreUnderTest } from "../suite/store-under-test.ts";
import { CaseTimeout, DEFAULT_TIMEOUT_MS } from "./case-timeout.ts";
import { missingHook } from "./missing-hook.ts";
import { runCase } from "./run-case.ts";
import { Session } from "./session.ts";
import { storageResources } from "./storage-resources.ts";

/**
 * Returns true if a case applies to a store: the manifest declares every entry that the case needs, and the hooks that
 * the case needs are given.
 *
 * @example
 * ```ts
 * for (const storeCase of storeCases.filter((each) => applies(each, storeUnderTest))) {
 *   await runStoreCase(storeUnderTest, storeCase);
 * }
 * ```
 */
export function applies<Storage>(
  storeCase: StoreCase,
  store: Pick<StoreUnderTest<Storage>, "supports" | "damage" | "hold" | "openWithBus">,
): boolean {
  return storeCase.needs.every((need) => store.supports[need] === true) && missingHook(storeCase, store) === undefined;
}

/**
 * Runs one case on new storage. Afterwards, closes its stores and destroys the storage, even if the case failed.
 *
 * @throws {@link ConformanceError} when the store breaks a guarantee, fails with an error that the case did not expect,
 * or does not finish within `caseTimeoutMs`
 * @throws the error of `createStorage`, or of `destroyStorage` if nothing failed before it, unchanged
 *
 * @example
 * ```ts
 * for (const storeCase of storeCases.filter((each) => applies(each, storeUnderTest))) {
 *   await runStoreCase(storeUnderTest, storeCase);
 * }
 * ```
 */
export async function runStoreCase<Storage>(store: StoreUnderTest<Storage>, storeCase: StoreCase): Promise<void> {
  const tracker = new CallTracker();
  const timeout = new CaseTimeout(tracker, store.caseTimeoutMs);
  const session = new Session<Storage, EventStore>(storageResources(store), instrumentStore, tracker);
  let context: StorageContext<Storage> | undefined;
  await runCase(session, timeout, {
    guarantee: storeCase.name,
    run: (storage) => {
      context = new StorageContext(store, session, storage);
      return storeCase.run(context);
    },
    closeGuarantee: "close ends and does not reject",
    close: async (opened) => {
      await context?.releaseAll();
      await opened.close();
    },
  });
}

class StorageContext<Storage> implements StoreCaseContext {
  readonly #store: StoreUnderTest<Storage>;
  readonly #session: Session<Storage, EventStore>;
  readonly #storage: Storage;
  #elsewhere: Promise<Storage> | undefined;
  readonly #holds = new Set<() => Promise<void>>();

  constructor(store: StoreUnderTest<Storage>, session: Session<Storage, EventStore>, storage: Storage) {
    this.#store = store;
    this.#session = session;
    this.#storage = storage;
  }

  get supports(): StoreCaseContext["supports"] {
    return this.#store.supports;
  }

  get caseTimeoutMs(): number {
    return this.#store.caseTimeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  open(): Promise<EventStore>;
  open<Capability extends StoreCapability>(capability: Capability): Promise<StoreCapabilities[Capability]>;
  open(): Promise<EventStore> {
    return this.#session.open(this.#storage);
  }

  openElsewhere<Capability extends StoreCapability>(): Promise<StoreCapabilities[Capability]>;
  async openElsewhere(): Promise<EventStore> {
    this.#elsewhere ??= this.#session.create();
    return this.#session.open(await this.#elsewhere);
  }

  openWithBus(bus: AnnouncementRecorder): Promise<EventStore> {
    const open = (storage: Storage): EventStore | Promise<EventStore> =>
      this.#store.openWithBus?.(storage, bus) ?? this.#store.open(storage);
    return this.#session.open(this.#storage, { open, openCall: "openWithBus(storage, bus)" });
  }

  async interruptedSave(events: Parameters<StoreCaseContext["interruptedSave"]>[0]): Promise<void> {
    const { damage } = this.#store;
    await this.#hook("damage.interruptedSave", events, async () => damage?.interruptedSave?.(this.#storage, events));
  }

  async malformedRecord(actorId: string, bytes: Uint8Array = noJson()): Promise<boolean> {
    const { damage } = this.#store;
    const isWritten = await this.#hook("damage.malformedRecord", actorId, async () =>
      damage?.malformedRecord?.(this.#storage, actorId, bytes),
    );
    return isWritten !== false;
  }

  async hold(): Promise<() => Promise<void>> {
    const end = await this.#hook("hold", undefined, async () => this.#store.hold?.(this.#storage));
    const release = async (): Promise<void> => {
      if (this.#holds.delete(release)) await this.#hook("release", undefined, async () => end?.());
    };
    this.#holds.add(release);
    return release;
  }

  /** Releases the storage if the case has failed or timed out while it held the storage. */
  async releaseAll(): Promise<void> {
    for (const release of this.#holds) await release();
  }

  /** Calls a hook as a tracked call, so that an error names the hook. */
  #hook<Result>(hook: string, argument: unknown, work: () => Promise<Result>): Promise<Result> {
    const shown = argument === undefined ? "" : `, ${show(argument)}`;
    return awaitResult(`${hook}(storage${shown})`, this.#session.tracker, work()) as Promise<Result>;
  }
}

function noJson(): Uint8Array {
  return new TextEncoder().encode("no JSON");
}
