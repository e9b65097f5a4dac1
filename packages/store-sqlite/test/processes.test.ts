import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testEventStoreInProcesses } from "@aether/conformance";
import { describe, test } from "vitest";
import { sqliteStoreSupports } from "../src/index.ts";
import { drivers } from "./support/drivers.ts";

for (const { name: driver } of drivers) {
  testEventStoreInProcesses({
    name: `SqliteEventStore on ${driver}`,
    describe,
    test,
    supports: sqliteStoreSupports,
    processModule: new URL("processes/store-process.mjs", import.meta.url),
    createStorage: async () => ({ driver, folder: await mkdtemp(join(tmpdir(), "store-sqlite-")) }),
    destroyStorage: ({ folder }) => rm(folder, { recursive: true }),
  });
}
