// Runs a projection until the process is killed.
import { runProjection } from "@aether/projections";
import { JetStreamDocumentStore, JetStreamEventStore } from "@aether/store-jetstream";
import { connect } from "@nats-io/transport-node";
import { counts } from "./counts.mjs";

const [servers, partitions] = process.argv.slice(2);
const connection = await connect({ servers });
const store = await JetStreamEventStore.open(connection, { streamName: "counts" });
const documents = await JetStreamDocumentStore.open(connection, { bucket: "projections" });
await runProjection(store, counts, { documents, partitions: Number(partitions), leaseMs: 300, maxBatchEvents: 20 });
console.log("running");
