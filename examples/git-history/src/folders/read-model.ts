import { runProjection } from "@aether/projections";
import type { RunStore } from "../store/run-store.ts";
import { type FolderLines, linesByFolder } from "./lines-by-folder.ts";

/** Maximum time until the read model has handled the last events, in milliseconds. */
const timeoutMs = 60_000;

/** The read model, which is kept current while events are stored. */
export interface ReadModel {
  /** Waits until all events that are stored are handled. Returns the documents by folder. */
  read(): Promise<ReadonlyMap<string, FolderLines>>;
  stop(): Promise<void>;
}

/** Starts the read model. Its documents are in the document store of the run, or else in memory. */
export async function startReadModel({ store, documents }: RunStore, signal?: AbortSignal): Promise<ReadModel> {
  const running = await runProjection(store, linesByFolder, { documents, signal });
  return {
    async read() {
      await running.drain({ timeoutMs, signal });
      const folders = new Map<string, FolderLines>();
      for await (const { id, document } of running.list({ signal })) folders.set(id, document);
      return folders;
    },
    stop: () => running.stop(),
  };
}
