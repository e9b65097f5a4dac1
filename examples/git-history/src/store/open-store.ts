import { MemoryEventStore } from "@aether/store-memory";
import type { StoreChoice } from "../cli/options.ts";
import type { FileEvent } from "../events/file-event.ts";
import { joinFile, openFile } from "./file-store.ts";
import { joinStream, openStream } from "./jetstream-store.ts";
import type { JoinedStore, RunStore, StoreAddress } from "./run-store.ts";

/** Opens an empty store for one run. */
export async function openStore(choice: StoreChoice, signal?: AbortSignal): Promise<RunStore> {
  if (choice.kind === "jetstream") return openStream(choice, signal);
  if (choice.kind === "file") return openFile();
  const store = new MemoryEventStore<FileEvent>();
  return { store, close: () => store.close() };
}

/** Opens the store that another process has opened for its run. */
export function joinStore(address: StoreAddress): Promise<JoinedStore> {
  return address.kind === "file" ? joinFile(address) : joinStream(address);
}
