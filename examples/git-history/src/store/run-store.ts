import type { DocumentStore, FeedEventStore } from "@aether/core";
import type { FileEvent } from "../events/file-event.ts";

/** The NATS client to connect with: the package `nats`, or its successor `@nats-io/transport-node`. */
export type Client = "nats" | "nats-io";

/** The store to run on. If `server` is missing, a temporary server is started for the run. */
export type StoreChoice =
  | { readonly kind: "memory" }
  | { readonly kind: "file" }
  | { readonly kind: "sqlite" }
  | { readonly kind: "jetstream"; readonly client: Client; readonly server?: string | undefined };

/** An open store. Its `close` also closes everything that was opened for the store, such as a connection. */
export interface OpenedStore {
  readonly store: FeedEventStore<FileEvent>;
  close(): Promise<void>;
}

/** A new, empty store for one run. Closing it also removes its stream, file or server. */
export interface RunStore extends OpenedStore {
  /** Address at which other processes can open the same store. A store in memory has none. */
  readonly address?: StoreAddress;
  /** Store of the read model. Without one, the read model is in memory. */
  readonly documents?: DocumentStore | undefined;
}

/** The data that another process needs to open the same store. */
export type StoreAddress = FileAddress | SqliteAddress | JetStreamAddress;

export interface FileAddress {
  readonly kind: "file";
  readonly path: string;
}

export interface SqliteAddress {
  readonly kind: "sqlite";
  readonly path: string;
}

export interface JetStreamAddress {
  readonly kind: "jetstream";
  readonly client: Client;
  readonly server: string;
  readonly streamName: string;
}
