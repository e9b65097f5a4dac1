// A writer in a separate process: tries to save each version of one actor, and prints the versions that it won.

import { JetStreamEventStore } from "@aether/store-jetstream";
import { connect } from "nats";

const [url, streamName, name, rounds] = process.argv.slice(2);
const connection = await connect({ servers: url });
const store = await JetStreamEventStore.open(connection, { streamName, streamRetention: "forever" });
const won = [];
for (let version = 1; version <= Number(rounds); version++) {
  try {
    await store.saveEvent({ actorId: "prize", version, eventType: "Won", data: { name }, id: `${name}-${version}` });
    won.push(version);
  } catch (error) {
    if (error.code !== "AETHER_VERSION_CONFLICT" || error.currentVersion < version || error.sameEvent) throw error;
  }
}
process.stdout.write(JSON.stringify(won));
await store.close();
await connection.close();
