import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileEventStore } from "@aether/example-file-store";
import type { FileEvent } from "../events/file-event.ts";
import { inTurn } from "../in-turn.ts";
import type { FileAddress, JoinedStore, RunStore } from "./run-store.ts";

/** A file of its own, in the folder for temporary files. */
export async function openFile(): Promise<RunStore> {
  const folder = await mkdtemp(join(tmpdir(), "git-history-"));
  const address = { kind: "file", path: join(folder, "events.jsonseq") } as const;
  const joined = await joinFile(address);
  return {
    ...joined,
    address,
    close: () =>
      inTurn(
        () => joined.close(),
        () => rm(folder, { recursive: true }),
      ),
  };
}

export async function joinFile({ path }: FileAddress): Promise<JoinedStore> {
  const store = await FileEventStore.open<FileEvent>(path);
  return { store, close: () => store.close() };
}
