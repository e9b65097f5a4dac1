// Runs a projection until the process is killed.
import { defineProjection, runProjection } from "@aether/projections";
import { JetStreamDocumentStore, JetStreamEventStore } from "@aether/store-jetstream";
import { connect } from "@nats-io/transport-node";

const [servers, partitions] = process.argv.slice(2);
const connection = await connect({ servers });
const store = await JetStreamEventStore.open(connection, { streamName: "counts" });
const documents = await JetStreamDocumentStore.open(connection, { bucket: "projections" });
const counts = defineProjection({
  name: "counts",
  version: 1,
  documentId: ({ actorId, data }) => [actorId, `group-${data.n % 7}`],
  evolve: {
    Counted: (document, { data }) => ({ n: ((document?.n ?? 0) * 3 + data.n) % 1_000_003 }),
    Deleted: () => undefined,
  },
});
await runProjection(store, counts, { documents, partitions: Number(partitions), leaseMs: 300, maxBatchEvents: 20 });
console.log("running");
