// Runs a projection on a database in a folder until the process is killed.
import { join } from "node:path";
import { runProjection } from "@aether/projections";
import { SqliteDocumentStore, SqliteEventStore } from "@aether/store-sqlite";
import Libsql from "libsql";
import { counts } from "./counts.mjs";

const [, , folder] = process.argv;
const database = new Libsql(join(folder, "aether.db"));
const store = await SqliteEventStore.open(database, { synchronous: "normal" });
const documents = await SqliteDocumentStore.open(database, { synchronous: "normal" });
await runProjection(store, counts, { documents, leaseMs: 300, maxBatchEvents: 20 });
console.log("running");
