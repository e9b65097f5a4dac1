import { randomBytes } from "node:crypto";
import type { EventStore } from "@aether/core";
import { startNatsServer } from "@aether/nats-testing";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { MemoryEventStore } from "@aether/store-memory";
import { type Connection, connectTo } from "./connection.ts";
import type { FileEvent } from "./file-event.ts";
import type { Client, StoreChoice } from "./options.ts";

/** What another process needs to open the same store. */
export interface StoreAddress {
  readonly client: Client;
  readonly server: string;
  readonly streamName: string;
}

/** A store for one run. */
export interface RunStore {
  readonly store: EventStore<FileEvent>;
  /** Where others find it; none for a store in memory. */
  readonly address?: StoreAddress;
  /** Leaves nothing behind: stops the server, or deletes the stream where the server is somebody else's. */
  close(): Promise<void>;
}

const deleteTimeoutMs = 5_000;

export async function openStore(choice: StoreChoice, signal?: AbortSignal): Promise<RunStore> {
  if (choice.kind === "memory") {
    const store = new MemoryEventStore<FileEvent>();
    return { store, close: () => store.close() };
  }
  const { client } = choice;
  const streamName = `git-history-${Date.now()}-${randomBytes(4).toString("hex")}`;
  if (choice.server !== undefined) {
    const address = { client, server: choice.server, streamName };
    const joined = await joinStore(address);
    return {
      ...joined,
      address,
      close: () =>
        inTurn(
          () => joined.deleteStream(),
          () => joined.close(),
        ),
    };
  }
  const server = await startNatsServer(signal === undefined ? {} : { signal });
  try {
    const address = { client, server: server.url, streamName };
    const joined = await joinStore(address);
    return {
      ...joined,
      address,
      close: () =>
        inTurn(
          () => joined.close(),
          () => server.stop(),
        ),
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** A store that another process may have opened too. */
export interface JoinedStore {
  readonly store: EventStore<FileEvent>;
  deleteStream(): Promise<void>;
  close(): Promise<void>;
}

export async function joinStore({ client, server, streamName }: StoreAddress): Promise<JoinedStore> {
  const connection = await connectTo(client, server);
  try {
    const store = await JetStreamEventStore.open<FileEvent>(connection, { streamName, streamRetention: "forever" });
    return {
      store,
      deleteStream: () => deleteStream(connection, store.streamName),
      close: () =>
        inTurn(
          () => store.close(),
          () => connection.close(),
        ),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Events are for ever, so no store can delete its stream: that is the server's own API. */
async function deleteStream(connection: Connection, name: string): Promise<void> {
  try {
    const subject = `$JS.API.STREAM.DELETE.${name}`;
    const { data } = await connection.request(subject, undefined, { timeout: deleteTimeoutMs });
    const answer: { readonly success?: boolean } = JSON.parse(new TextDecoder().decode(data));
    if (answer.success !== true) throw new Error(`the server answered ${JSON.stringify(answer)}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`the run's stream ${name} could not be deleted and is still there: ${why}`, { cause: error });
  }
}

/** Does the second whatever becomes of the first. */
async function inTurn(first: () => Promise<void>, second: () => Promise<void>): Promise<void> {
  try {
    await first();
  } finally {
    await second();
  }
}
