// Runs in the processes of the tests. Some of them use one client, some the other.
import { runStoreProcess } from "@aether/conformance";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { connect as connectNatsIo } from "@nats-io/transport-node";
import { connect as connectNats } from "nats";

const connect = process.pid % 2 === 0 ? connectNats : connectNatsIo;

runStoreProcess(async ({ url, streamName }) => {
  const connection = await connect({ servers: url });
  return JetStreamEventStore.open(connection, { streamName, streamRetention: "forever" });
});
