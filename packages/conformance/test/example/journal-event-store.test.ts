import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { testEventStore } from "@aether/conformance";
import { describe, test } from "vitest"; // or from "node:test"
import { JournalEventStore, journalStoreSupports } from "./journal-event-store.ts";

testEventStore({
  name: "JournalEventStore",
  describe,
  test,
  supports: journalStoreSupports,
  createStorage: () => mkdtemp(`${tmpdir()}/journal-`),
  open: (directory) => JournalEventStore.open(directory),
  destroyStorage: (directory) => rm(directory, { recursive: true }),
});
