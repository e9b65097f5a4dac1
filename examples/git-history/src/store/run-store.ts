import type { EventStore } from "@aether/core";
import type { Client } from "../cli/options.ts";
import type { FileEvent } from "../events/file-event.ts";

/** A store for one run. */
export interface RunStore {
  readonly store: EventStore<FileEvent>;
  /** Where others find it; none for a store in memory. */
  readonly address?: StoreAddress;
  /** Leaves nothing behind: stops the server, or deletes the stream where the server is somebody else's, or the file. */
  close(): Promise<void>;
}

/** A store that another process may have opened too. */
export interface JoinedStore {
  readonly store: EventStore<FileEvent>;
  close(): Promise<void>;
}

/** What another process needs to open the same store. */
export type StoreAddress = FileAddress | JetStreamAddress;

export interface FileAddress {
  readonly kind: "file";
  readonly path: string;
}

export interface JetStreamAddress {
  readonly kind: "jetstream";
  readonly client: Client;
  readonly server: string;
  readonly streamName: string;
}
