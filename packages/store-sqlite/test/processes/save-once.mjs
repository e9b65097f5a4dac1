import { SqliteEventStore } from "@aether/store-sqlite";
import { openDatabase } from "./open-database.mjs";

const [driver, path, actorId] = process.argv.slice(2);
const database = openDatabase(driver, path);
const store = await SqliteEventStore.open(database);
await store.saveEvent({ actorId, version: 1, eventType: "Saved", data: {} });
await store.close();
database.close();
