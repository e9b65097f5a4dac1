import { FileEventStore } from "@aether/example-file-store";
import type { FileEvent } from "../events/file-event.ts";
import type { FileAddress, OpenedStore, RunStore } from "./run-store.ts";
import { inTemporaryFolder } from "./temporary-folder.ts";

/** Creates a store on a file in a new temporary folder. Closing it removes the folder. */
export function createFile(): Promise<RunStore> {
  return inTemporaryFolder("events.jsonseq", (path) => ({ kind: "file", path }), openFile);
}

export async function openFile({ path }: FileAddress): Promise<OpenedStore> {
  const store = await FileEventStore.open<FileEvent>(path);
  return { store, close: () => store.close() };
}
