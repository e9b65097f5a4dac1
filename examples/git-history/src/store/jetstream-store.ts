import { randomBytes } from "node:crypto";
import type { DocumentStore } from "@aether/core";
import { startNatsServer } from "@aether/nats-testing";
import { JetStreamDocumentStore, JetStreamEventStore } from "@aether/store-jetstream";
import type { FileEvent } from "../events/file-event.ts";
import { type Connection, connectTo } from "./connection.ts";
import type { Client, JetStreamAddress, OpenedStore, RunStore, StoreChoice } from "./run-store.ts";

const deleteTimeoutMs = 5_000;

/** Creates a store on a new stream. If no server is given, starts a temporary one. */
export function createStream(
  { client, server }: Extract<StoreChoice, { kind: "jetstream" }>,
  signal?: AbortSignal,
): Promise<RunStore> {
  return server === undefined ? createOnTemporaryServer(client, signal) : createOnRunningServer(client, server);
}

/** The store at an address, and what only the process needs that has created it. */
interface OpenedStream extends OpenedStore {
  /** Creates the bucket of the read model. */
  createDocuments(): Promise<DocumentStore>;
  /** Deletes the stream, and the bucket if it was created. */
  deleteStreams(): Promise<void>;
}

/** Opens the store at an address. The stream is created if it does not exist. */
export async function openStream({ client, server, streamName }: JetStreamAddress): Promise<OpenedStream> {
  const connection = await connectTo(client, server);
  try {
    const store = await JetStreamEventStore.open<FileEvent>(connection, { streamName, streamRetention: "forever" });
    let documents: DocumentStore | undefined;
    return {
      store,
      async createDocuments() {
        documents = await JetStreamDocumentStore.open(connection, { bucket: streamName });
        return documents;
      },
      async deleteStreams() {
        if (documents !== undefined) await deleteStream(connection, `KV_${streamName}`);
        await deleteStream(connection, store.streamName);
      },
      async close() {
        try {
          await documents?.close();
          await store.close();
        } finally {
          await connection.close();
        }
      },
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Creates a store on a running server. Closing the store deletes its streams, and the server keeps running. */
async function createOnRunningServer(client: Client, server: string): Promise<RunStore> {
  const address = newAddress(client, server);
  const { store, createDocuments, deleteStreams, close } = await openStream(address);
  const closeAll = async (): Promise<void> => {
    try {
      await deleteStreams();
    } finally {
      await close();
    }
  };
  try {
    return { store, documents: await createDocuments(), address, close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Creates a store on a temporary server. Closing the store stops the server and removes the server's files. */
async function createOnTemporaryServer(client: Client, signal: AbortSignal | undefined): Promise<RunStore> {
  const server = await startNatsServer(signal === undefined ? {} : { signal });
  try {
    const address = newAddress(client, server.url);
    const { store, createDocuments, close } = await openStream(address);
    return {
      store,
      documents: await createDocuments(),
      address,
      async close() {
        try {
          await close();
        } finally {
          await server.stop();
        }
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function newAddress(client: Client, server: string): JetStreamAddress {
  const streamName = `git-history-${Date.now()}-${randomBytes(4).toString("hex")}`;
  return { kind: "jetstream", client, server, streamName };
}

/** Deletes a stream through the server's API, because a store cannot delete its stream. */
async function deleteStream(connection: Connection, name: string): Promise<void> {
  try {
    const subject = `$JS.API.STREAM.DELETE.${name}`;
    const { data } = await connection.request(subject, undefined, { timeout: deleteTimeoutMs });
    const answer: { readonly success?: boolean } = JSON.parse(new TextDecoder().decode(data));
    if (answer.success !== true) throw new Error(`the server answered ${JSON.stringify(answer)}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the stream ${name} of this run could not be deleted and still exists: ${reason}`, {
      cause: error,
    });
  }
}
