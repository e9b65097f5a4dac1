import { EventProcessor } from "@aether/processor";
import { JetStreamDocumentStore, JetStreamEventStore } from "@aether/store-jetstream";
import { connect } from "@nats-io/transport-node";

// Runs a processor until the process is killed.
const [servers = "", leaseMs] = process.argv.slice(2);
const connection = await connect({ servers });
const store = await JetStreamEventStore.open(connection, { streamName: "processor-takeover" });
const documents = await JetStreamDocumentStore.open(connection, { bucket: "processors" });
const processor = new EventProcessor(store, {
  name: "takeover",
  documents,
  leaseMs: Number(leaseMs),
  handle: () => {},
});
await processor.start();
while (processor.status.state !== "running") await new Promise((resolve) => setTimeout(resolve, 5));
process.send?.("running");
