import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { DocumentStore, EventStore } from "@aether/core";
import { waitForProcessor } from "@aether/processor";
import { afterEach, expect } from "vitest";
import { collectionOf, type DocumentRecord, processorOf } from "../src/documents/stored-projection.ts";
import { type CountEvent, countEvent, foldCount } from "./counts.ts";

/** The projection that the processes run. */
const projection = { name: "counts", version: 1 };

/** Processes that run a projection. Those of a test are killed after it. */
export interface ProjectingProcesses {
  /** Starts a process of a script in the folder `processes`. Resolves when it runs the projection. */
  start(script: string, ...args: readonly string[]): Promise<ChildProcess>;
}

/** Provides processes for the tests of a file. */
export function projectingProcesses(): ProjectingProcesses {
  const running = new Set<ChildProcess>();
  afterEach(() => {
    for (const child of running) child.kill("SIGKILL");
    running.clear();
  });
  return {
    async start(script, ...args) {
      const { pathname } = new URL(`processes/${script}`, import.meta.url);
      const child = spawn(process.execPath, [pathname, ...args], { stdio: ["ignore", "pipe", "inherit"] });
      running.add(child);
      await once(child.stdout, "data");
      return child;
    },
  };
}

/** Kills and replaces processes while events are saved, and expects the documents of a plain fold at the end. */
export async function expectPlainFold(
  { store, documents }: { readonly store: EventStore<CountEvent>; readonly documents: DocumentStore },
  start: () => Promise<ChildProcess>,
  rounds: number,
): Promise<void> {
  const expected = new Map<string, number>();
  let n = 0;
  let children = [await start(), await start()];
  let last = await store.saveEvent(countEvent(++n));
  foldCount(expected, countEvent(n));
  for (let round = 0; round < rounds; round++) {
    for (let index = 0; index < 60; index++) {
      const event = countEvent(++n);
      last = await store.saveEvent(event);
      foldCount(expected, event);
    }
    const [oldest, ...others] = children;
    oldest?.kill("SIGKILL");
    children = [...others, await start()];
  }
  await waitForProcessor(documents, processorOf(projection), last.position, { timeoutMs: 30_000 });
  const found = new Map<string, number>();
  for await (const { id, value } of documents.listDocuments<DocumentRecord<{ n: number }>>(collectionOf(projection)))
    if (value.document !== null) found.set(id, value.document.n);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
  for (const child of children) child.kill("SIGKILL");
}
