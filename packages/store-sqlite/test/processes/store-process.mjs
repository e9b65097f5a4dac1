import { runStoreProcess } from "@aether/conformance";
import { SqliteEventStore } from "@aether/store-sqlite";
import { openDatabase } from "./open-database.mjs";

runStoreProcess(({ driver, folder, synchronous }) =>
  SqliteEventStore.open(openDatabase(driver, `${folder}/aether.db`), { synchronous }),
);
