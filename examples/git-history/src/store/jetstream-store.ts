import { randomBytes } from "node:crypto";
import { startNatsServer } from "@aether/nats-testing";
import { JetStreamEventStore } from "@aether/store-jetstream";
import type { StoreChoice } from "../cli/options.ts";
import type { FileEvent } from "../events/file-event.ts";
import { inTurn } from "../in-turn.ts";
import { type Connection, connectTo } from "./connection.ts";
import type { JetStreamAddress, JoinedStore, RunStore } from "./run-store.ts";

const deleteTimeoutMs = 5_000;

/** A stream of its own, on a server that is started for the run or on somebody else's. */
export async function openStream(
  choice: Extract<StoreChoice, { kind: "jetstream" }>,
  signal?: AbortSignal,
): Promise<RunStore> {
  const { kind, client } = choice;
  const streamName = `git-history-${Date.now()}-${randomBytes(4).toString("hex")}`;
  if (choice.server !== undefined) {
    const address = { kind, client, server: choice.server, streamName };
    const joined = await joinStream(address);
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
    const address = { kind, client, server: server.url, streamName };
    const joined = await joinStream(address);
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

export async function joinStream({
  client,
  server,
  streamName,
}: JetStreamAddress): Promise<JoinedStore & { deleteStream(): Promise<void> }> {
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
