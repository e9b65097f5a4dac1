import type { EventStore, StoreCapabilities, StoreCapability } from "@aether/core";
import { show } from "../checks/show.ts";
import { CallTracker } from "../instrument/call-tracker.ts";
import { instrumentStore } from "../instrument/instrument-store.ts";
import { awaitResult } from "../instrument/instrumented-call.ts";
import type { StoreCase, StoreCaseContext } from "../suite/store-case.ts";
import type { AnnouncementRecorder, StorageDamage, StoreUnderTest } from "../suite/store-under-test.ts";
import { CaseTimeout } from "./case-timeout.ts";
import { runCase } from "./run-case.ts";
import { Session } from "./session.ts";

/**
 * Returns true if a case applies to a store: the manifest declares every entry that the case needs, and the hook that
 * the case needs is given.
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
  { supports, damage, openWithBus }: Pick<StoreUnderTest<Storage>, "supports" | "damage" | "openWithBus">,
): boolean {
  return (
    storeCase.needs.every((need) => supports[need] === true) &&
    (storeCase.needsDamage === undefined || damage?.[storeCase.needsDamage] !== undefined) &&
    (storeCase.needsBus !== true || openWithBus !== undefined)
  );
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
  const resources = {
    create: () => store.createStorage(),
    open: (storage: Storage) => store.open(storage),
    destroy: (storage: Storage) => store.destroyStorage?.(storage),
    openCall: "open(storage)",
  };
  const session = new Session<Storage, EventStore>(resources, instrumentStore, tracker);
  await runCase(session, timeout, {
    guarantee: storeCase.name,
    run: (storage) => storeCase.run(new StorageContext(store, session, storage)),
    closeGuarantee: "close ends and does not reject",
    close: (opened) => opened.close(),
  });
}

class StorageContext<Storage> implements StoreCaseContext {
  readonly #store: StoreUnderTest<Storage>;
  readonly #session: Session<Storage, EventStore>;
  readonly #storage: Storage;

  constructor(store: StoreUnderTest<Storage>, session: Session<Storage, EventStore>, storage: Storage) {
    this.#store = store;
    this.#session = session;
    this.#storage = storage;
  }

  get supports(): StoreCaseContext["supports"] {
    return this.#store.supports;
  }

  open(): Promise<EventStore>;
  open<Capability extends StoreCapability>(capability: Capability): Promise<StoreCapabilities[Capability]>;
  open(): Promise<EventStore> {
    return this.#session.open(this.#storage);
  }

  openWithBus(bus: AnnouncementRecorder): Promise<EventStore> {
    const open = (storage: Storage): EventStore | Promise<EventStore> =>
      this.#store.openWithBus?.(storage, bus) ?? this.#store.open(storage);
    return this.#session.open(this.#storage, { open, openCall: "openWithBus(storage, bus)" });
  }

  async interruptedSave(events: Parameters<StoreCaseContext["interruptedSave"]>[0]): Promise<void> {
    const { damage } = this.#store;
    await this.#damage("interruptedSave", events, async () => damage?.interruptedSave?.(this.#storage, events));
  }

  async malformedRecord(actorId: string): Promise<void> {
    const { damage } = this.#store;
    await this.#damage("malformedRecord", actorId, async () => damage?.malformedRecord?.(this.#storage, actorId));
  }

  /** Calls a damage hook as a tracked call, so that an error names the hook. */
  async #damage(hook: keyof StorageDamage<Storage>, argument: unknown, work: () => Promise<void>): Promise<void> {
    await awaitResult(`damage.${hook}(storage, ${show(argument)})`, this.#session.tracker, work());
  }
}
