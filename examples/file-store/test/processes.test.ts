import { type ChildProcess, fork } from "node:child_process";
import { on, once } from "node:events";
import { statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FileEventStore } from "../src/index.ts";

let folder: string;
let path: string;
let children: ChildProcess[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "file-store-"));
  path = join(folder, "events.jsonseq");
  children = [];
});
afterEach(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

function start(fixture: string, ...args: readonly string[]): ChildProcess {
  const child = fork(new URL(`fixtures/${fixture}`, import.meta.url), [path, ...args], { execArgv: [] });
  children.push(child);
  return child;
}

test("killing a process while it appends loses no acknowledged event and does not affect the next writer", async () => {
  for (const saves of [0, 1, 0, 2, 1]) {
    const victim = start("victim.mjs");
    const acknowledged = await lastOf(on(victim, "message"), saves);
    await growthOf(path);
    victim.kill("SIGKILL");
    await once(victim, "exit");
    const store = await FileEventStore.open(path);
    const found = await store.getEvents("a");
    expect(found.map(({ version }) => version)).toEqual(found.map((_, index) => index + 1));
    expect(found.length % 2).toBe(0);
    expect(found.length).toBeGreaterThanOrEqual(acknowledged);
    await store.saveEvents([1, 2].map((next) => ({ ...saved, version: found.length + next })));
    await store.close();
  }
}, 60_000);

test("a follower whose loop was left does not keep its process running", async () => {
  const follower = start("follower.mjs");
  expect(await lastOf(on(follower, "message"), 1)).toBe(1);
  const [exitCode] = await once(follower, "exit");
  expect(exitCode).toBe(0);
}, 60_000);

const saved = { actorId: "a", eventType: "Saved", data: {} };

/** Returns the last of `count` messages, or 0 if `count` is 0. */
async function lastOf(messages: AsyncIterable<unknown[]>, count: number): Promise<number> {
  let left = count;
  if (left === 0) return 0;
  for await (const [message] of messages) if (--left === 0) return Number(message);
  return 0;
}

/** Resolves as soon as a file has grown, because then a write is in progress. */
async function growthOf(file: string): Promise<void> {
  const size = (): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  for (const before = size(); size() <= before; ) await setImmediate();
}
