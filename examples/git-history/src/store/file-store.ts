import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileEventStore } from "@aether/example-file-store";
import type { FileEvent } from "../events/file-event.ts";
import type { FileAddress, OpenedStore, RunStore } from "./run-store.ts";

/** Creates a store on a file in a new temporary folder. Closing it removes the folder. */
export async function createFile(): Promise<RunStore> {
  const folder = await mkdtemp(join(tmpdir(), "git-history-"));
  const address = { kind: "file", path: join(folder, "events.jsonseq") } as const;
  const { store, close } = await openFile(address);
  return {
    store,
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

export async function openFile({ path }: FileAddress): Promise<OpenedStore> {
  const store = await FileEventStore.open<FileEvent>(path);
  return { store, close: () => store.close() };
}
