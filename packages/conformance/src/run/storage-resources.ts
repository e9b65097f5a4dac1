import type { Resources } from "./session.ts";

/** The hooks of a store under test that create, open and destroy its storage. */
interface StorageHooks<Storage, Opened> {
  createStorage(): Storage | Promise<Storage>;
  open(storage: Storage): Opened | Promise<Opened>;
  readonly destroyStorage?: ((storage: Storage) => unknown) | undefined;
}

/** The resources of a case for a store of events or documents. */
export function storageResources<Storage, Opened>(store: StorageHooks<Storage, Opened>): Resources<Storage, Opened> {
  return {
    create: () => store.createStorage(),
    open: (storage) => store.open(storage),
    destroy: (storage) => store.destroyStorage?.(storage),
    openCall: "open(storage)",
  };
}
