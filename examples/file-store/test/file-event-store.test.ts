import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testEventStore, testEventStoreInProcesses } from "@aether/conformance";
import { describe, test } from "vitest";
import { FileEventStore, fileStoreSupports } from "../src/index.ts";

const fileIn = (folder: string): string => join(folder, "events.jsonseq");

const common = {
  name: "FileEventStore",
  describe,
  test,
  supports: fileStoreSupports,
  createStorage: () => mkdtemp(join(tmpdir(), "file-store-")),
  destroyStorage: (folder: string) => rm(folder, { recursive: true }),
};

testEventStoreInProcesses({ ...common, processModule: "test/store-process.mjs" });

testEventStore({
  ...common,
  open: (folder) => FileEventStore.open(fileIn(folder)),
  openWithBus: (folder, bus) => FileEventStore.open(fileIn(folder), { bus, onBusError: () => {} }),
  hold: async (folder) => {
    await appendFile(fileIn(folder), '\x1e{"id":"slow"');
    return () => appendFile(fileIn(folder), "}\n");
  },
  damage: {
    interruptedSave: (folder, events) =>
      appendFile(fileIn(folder), `\x1e${JSON.stringify({ id: "torn", actorId: "a", events }).slice(0, -9)}`),
    malformedRecord: (folder, _actorId, bytes) =>
      appendFile(fileIn(folder), Buffer.concat([Buffer.from("\x1e"), bytes, Buffer.from("\n")])),
  },
});
