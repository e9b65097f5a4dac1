import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export interface InstallLockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once, if the lock is held by another. */
  readonly onWait?: (owner: string) => void;
  /** @default 200 */
  readonly pollMs?: number;
  /** An owner on another machine counts as gone when it has given no sign of life for so long. @default 30000 */
  readonly staleAfterMs?: number;
}

/**
 * Runs `task` while no other process runs one in the same folder; waits as long as another does.
 *
 * The lock is a file `install-<n>.lock` that names its owner, and the one with the highest number counts. Whoever finds it
 * released, or its owner gone, tries to create number n + 1, at which one succeeds. The highest file is never removed, so
 * that somebody who looked a moment ago cannot mistake a number that was used for one that is free.
 */
export async function withInstallLock<T>(
  folder: string,
  options: InstallLockOptions,
  task: () => Promise<T>,
): Promise<T> {
  const { signal, onWait, pollMs = 200, staleAfterMs = 30_000 } = options;
  await mkdir(folder, { recursive: true });
  let told = false;
  for (;;) {
    signal?.throwIfAborted();
    const highest = Math.max(0, ...(await numbersIn(folder)));
    const owner = await ownerOf(fileOf(folder, highest), staleAfterMs);
    if (owner === undefined) {
      const mine = highest + 1;
      if (await take(folder, mine)) return await holding(fileOf(folder, mine), staleAfterMs, task);
      continue;
    }
    if (!told) onWait?.(owner);
    told = true;
    await delay(pollMs, undefined, signal === undefined ? {} : { signal }).catch(() => signal?.throwIfAborted());
  }
}

const released = "released";

/** Tries to own a number; whether this process does now, and there is no higher one. Part of this module; tested alone. */
export async function take(folder: string, number: number): Promise<boolean> {
  const file = fileOf(folder, number);
  const draft = await writeDraft(file, `${process.pid} ${hostname()}`);
  try {
    // A link appears with its content or not at all, and fails if there is one.
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const numbers = await numbersIn(folder);
  if (Math.max(...numbers) > number) {
    await rm(file, { force: true });
    return false;
  }
  for (const lower of numbers) if (lower < number) await rm(fileOf(folder, lower), { force: true });
  return true;
}

async function holding<T>(file: string, staleAfterMs: number, task: () => Promise<T>): Promise<T> {
  const heartbeat = setInterval(() => {
    const now = new Date();
    // A sign of life that could not be given is made up for by the next.
    utimes(file, now, now).catch(() => {});
  }, staleAfterMs / 10);
  heartbeat.unref();
  try {
    return await task();
  } finally {
    clearInterval(heartbeat);
    await rename(await writeDraft(file, released), file);
  }
}

async function writeDraft(file: string, content: string): Promise<string> {
  const draft = `${file}.${randomUUID()}.draft`;
  await writeFile(draft, content);
  return draft;
}

/** Who holds the lock, if anybody who is still there does. */
async function ownerOf(file: string, staleAfterMs: number): Promise<string | undefined> {
  try {
    const content = await readFile(file, "utf8");
    const [pid = "", host = ""] = content.split(" ");
    if (content === released || (host === hostname() && !isAlive(Number(pid)))) return undefined;
    const age = Date.now() - (await stat(file)).mtimeMs;
    return age > staleAfterMs ? undefined : `process ${pid} on ${host}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function numbersIn(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder);
  return names.flatMap((name) => /^install-(\d+)\.lock$/.exec(name)?.[1] ?? []).map(Number);
}

function fileOf(folder: string, number: number): string {
  return join(folder, `install-${number}.lock`);
}
