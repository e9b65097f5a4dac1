import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileAddress, OpenedStore, RunStore, SqliteAddress } from "./run-store.ts";

/**
 * Opens a store on a new file in a new temporary folder. Closing it removes the folder.
 * @param addressAt - returns the address of the store on a file
 */
export async function inTemporaryFolder<Address extends FileAddress | SqliteAddress>(
  fileName: string,
  addressAt: (path: string) => Address,
  open: (address: Address) => Promise<OpenedStore & Pick<RunStore, "documents">>,
): Promise<RunStore> {
  const folder = await mkdtemp(join(tmpdir(), "git-history-"));
  const address = addressAt(join(folder, fileName));
  const { store, documents, close } = await open(address);
  return {
    store,
    documents,
    address,
    async close() {
      try {
        await close();
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  };
}
