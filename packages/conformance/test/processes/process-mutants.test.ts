import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConformanceError, testEventStoreInProcesses } from "../../src/index.ts";
import { processCases } from "../../src/processes/process-cases.ts";
import { runProcessCase, type StoreInProcesses } from "../../src/processes/run-process-case.ts";

const supports = { batch: true, durable: true, shared: true };
const processModule = new URL("store-process.mjs", import.meta.url);

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "processes-"));
});
afterEach(() => rm(directory, { recursive: true }));

interface Place {
  readonly directory: string;
  readonly store: string;
}

function storeInProcesses(store: string, more: Partial<StoreInProcesses<Place>> = {}): StoreInProcesses<Place> {
  return { supports, processModule, createStorage: () => ({ directory, store }), ...more };
}

function caseNamed(name: string) {
  const found = processCases.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no case "${name}"`);
  return found;
}

/** The ids of the processes that have opened a store. */
async function processIds(): Promise<readonly number[]> {
  const names = await readdir(directory);
  return names.filter((name) => name.startsWith("pid-")).map((name) => Number(name.slice(4)));
}

function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}

const atOnce = "an event that one process has saved is read by all others, and its version is taken";
const oneWins = "of several processes that save the same version, at most one succeeds";
const fresh = "reads beside busy writers in other processes are complete and not stale";
const whole = "batches of several processes are stored and read completely or not at all";
const killed = "a process that is killed while it saves loses no acknowledged event, and blocks no other process";

test.each(processCases.map(({ name }) => name))("the reference store passes: %s", async (name) => {
  await runProcessCase(storeInProcesses("correct"), caseNamed(name));
  const ids = await processIds();
  expect(ids).toHaveLength(3);
  expect(ids.filter(isRunning)).toEqual([]);
});

const mutants: readonly (readonly [string, readonly string[]])[] = [
  ["checks and writes in two steps", [oneWins]],
  ["checks for a conflict before its transaction", [oneWins]],
  ["reads from a cache that only its own saves refresh", [atOnce, fresh]],
  ["reads from a cache while other processes are busy", [fresh]],
  ["reads the latest version from a cache", [atOnce, fresh]],
  ["stores a batch in pieces", [whole]],
  ["acknowledges before it writes", [atOnce, killed]],
  ["leaves its lock behind when it is killed", [killed]],
  ["throws the error of its driver while another process writes", [oneWins]],
];

test("every case has a mutant that it must reject", () => {
  expect(new Set(mutants.flatMap(([, names]) => names))).toEqual(new Set(processCases.map(({ name }) => name)));
});

describe.each(mutants)("a store that %s", (store, names) => {
  test.each(names)("is rejected: %s", async (name) => {
    const run = runProcessCase(storeInProcesses(store, { caseTimeoutMs: 2_500 }), caseNamed(name));
    await expect(run).rejects.toBeInstanceOf(ConformanceError);
    expect((await processIds()).filter(isRunning)).toEqual([]);
  });
});

describe("a case ends its processes, and reports", () => {
  const reported = async (store: string, more: Partial<StoreInProcesses<Place>> = {}): Promise<unknown> => {
    const error: unknown = await runProcessCase(storeInProcesses(store, more), caseNamed(atOnce)).catch(
      (thrown: unknown) => thrown,
    );
    expect((await processIds()).filter(isRunning)).toEqual([]);
    return error;
  };

  test("the call that is pending if the case does not end in time", async () => {
    const error = await reported("never answers", { caseTimeoutMs: 1_500 });
    expect(error).toMatchObject({ name: "ConformanceError", given: "save in process 2" });
  });

  test("the error of a store that cannot be opened", async () => {
    const error = await reported("cannot be opened");
    expect(error).toMatchObject({ name: "ConformanceError", given: expect.stringMatching(/^process [123]$/) });
    expect(String(error)).toContain("no such directory");
  });

  test("the output of a module that cannot be run", async () => {
    const error = await reported("correct", { processModule: fileURLToPath(new URL("missing.mjs", import.meta.url)) });
    expect(String(error)).toContain("Cannot find module");
  });
});

test("the tests of a store that is not shared are skipped with the reason", () => {
  const skipped: string[] = [];
  const run = Object.assign(() => expect.unreachable(), { skip: (name: string) => void skipped.push(name) });
  testEventStoreInProcesses({
    ...storeInProcesses("correct"),
    name: "Store",
    supports: { durable: true, shared: false },
    describe: (_, body) => body(),
    test: run,
  });
  expect(skipped).toHaveLength(processCases.length - 1);
  for (const name of skipped) expect(name).toContain("(skipped: stores are not shared)");
});
