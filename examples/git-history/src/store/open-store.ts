import { MemoryEventStore } from "@aether/store-memory";
import type { FileEvent } from "../events/file-event.ts";
import { createFile, openFile } from "./file-store.ts";
import { createStream, openStream } from "./jetstream-store.ts";
import type { OpenedStore, RunStore, StoreAddress, StoreChoice } from "./run-store.ts";
import { createDatabase, openDatabase } from "./sqlite-store.ts";

/** Creates an empty store for one run. */
export async function createStore(choice: StoreChoice, signal?: AbortSignal): Promise<RunStore> {
  if (choice.kind === "jetstream") return createStream(choice, signal);
  if (choice.kind === "file") return createFile();
  if (choice.kind === "sqlite") return createDatabase();
  const store = new MemoryEventStore<FileEvent>();
  return { store, close: () => store.close() };
}

/** Opens a store that another process has created. */
export function openStore(address: StoreAddress): Promise<OpenedStore> {
  if (address.kind === "file") return openFile(address);
  return address.kind === "sqlite" ? openDatabase(address) : openStream(address);
}
