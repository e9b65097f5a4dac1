// Saves batches of one to three events to four actors at the same time, until the process is killed.
import { isAetherError } from "@aether/core";
import { SqliteEventStore } from "@aether/store-sqlite";
import { openDatabase } from "./open-database.mjs";

const [driver, path, synchronous, name] = process.argv.slice(2);
const store = await SqliteEventStore.open(openDatabase(driver, path), { synchronous });

async function write(actorId) {
  for (let turn = 0; ; turn++) {
    const latest = await store.getLatestVersion(actorId);
    const size = 1 + (turn % 3);
    const events = Array.from({ length: size }, (_, index) => ({
      id: `${name}/${actorId}/${turn}/${index}`,
      actorId,
      version: latest + 1 + index,
      eventType: "Saved",
      data: { batch: `${name}/${actorId}/${turn}`, size },
    }));
    try {
      await store.saveEvents(events);
      process.send(events.map(({ id }) => id));
    } catch (error) {
      if (!isAetherError(error, "AETHER_VERSION_CONFLICT")) throw error;
    }
  }
}

await Promise.all(["a", "b", "c", "d"].map(write));
