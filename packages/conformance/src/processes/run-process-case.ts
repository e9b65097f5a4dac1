import type { StoreSupports } from "@aether/core";
import { CallTracker } from "../instrument/call-tracker.ts";
import { CaseTimeout } from "../run/case-timeout.ts";
import type { ProcessCase } from "./process-cases.ts";
import { StoreProcesses } from "./store-processes.ts";

/** The shared store that several processes open. */
export interface StoreInProcesses<Storage> {
  /** The public manifest of the store. Cases run only if it declares that stores are `shared`. */
  readonly supports: StoreSupports;
  /**
   * JavaScript module that each process runs. It calls `runStoreProcess` with a function that opens a store. A path is
   * relative to the current working directory, which is usually the folder of the package.
   */
  readonly processModule: string | URL;
  /**
   * Options of Node.js for the processes, for example to load TypeScript.
   * @default none
   */
  readonly execArgv?: readonly string[] | undefined;
  /** Creates new, empty storage. Every case gets its own. It must be a value that can be cloned, such as a path. */
  createStorage(): Storage | Promise<Storage>;
  /**
   * Frees the storage. The suite calls it after all processes have ended.
   * @default nothing is freed
   */
  readonly destroyStorage?: ((storage: Storage) => void | Promise<void>) | undefined;
  /**
   * Maximum duration of one case, in milliseconds. A case that takes longer fails, and its error names the pending
   * call.
   * @default 20_000
   */
  readonly caseTimeoutMs?: number | undefined;
}

/** Default of {@link StoreInProcesses.caseTimeoutMs}. */
export const DEFAULT_CASE_TIMEOUT_MS = 20_000;

/** One of them can be killed, and two remain. */
const PROCESSES = 3;

/**
 * Runs one case with new processes on new storage. Afterwards, ends the processes and destroys the storage, even if the
 * case failed.
 */
export async function runProcessCase<Storage>(
  store: StoreInProcesses<Storage>,
  processCase: ProcessCase,
): Promise<void> {
  const tracker = new CallTracker();
  const timeout = new CaseTimeout(tracker, store.caseTimeoutMs ?? DEFAULT_CASE_TIMEOUT_MS);
  const storage = await store.createStorage();
  const { processModule, execArgv = [] } = store;
  let processes: StoreProcesses | undefined;
  try {
    processes = await StoreProcesses.start({ processModule, execArgv, count: PROCESSES }, tracker);
    const { all } = processes;
    await timeout.limit(processCase.name, async () => {
      await Promise.all(all.map((each) => each.run({ kind: "open", client: each.name, storage })));
      await processCase.run(all, store.supports);
    });
    const open = all.filter((each) => !each.isKilled);
    await timeout.limit("close ends and does not reject", async () => {
      await Promise.all(open.map((each) => each.run({ kind: "close" })));
    });
  } finally {
    await processes?.end();
    await store.destroyStorage?.(storage);
  }
}
