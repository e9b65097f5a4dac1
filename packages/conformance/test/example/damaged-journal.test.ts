import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { testEventStore } from "@aether/conformance";
import { describe, test } from "vitest";
import { JournalEventStore, journalStoreSupports } from "./journal-event-store.ts";

testEventStore({
  name: "JournalEventStore, damaged",
  describe,
  test,
  supports: journalStoreSupports,
  createStorage: () => mkdtemp(`${tmpdir()}/journal-`),
  open: (directory) => JournalEventStore.open(directory),
  openWithBus: (directory, bus) => JournalEventStore.open(directory, { bus, onBusError: () => {} }),
  destroyStorage: (directory) => rm(directory, { recursive: true }),
  damage: {
    interruptedSave: (directory, events) =>
      appendFile(`${directory}/journal.jsonl`, JSON.stringify(events).slice(0, -9)),
    malformedRecord: (directory, _actorId, bytes) =>
      appendFile(`${directory}/journal.jsonl`, Buffer.concat([bytes, Buffer.from("\n")])),
  },
});
