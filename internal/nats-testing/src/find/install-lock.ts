import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Options of `withInstallLock`. */
export interface InstallLockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once if another process holds the lock. */
  readonly onWait?: (owner: string) => void;
  /** Time between two checks of the lock, in milliseconds. @default 200 */
  readonly pollMs?: number;
  /** Time without a heartbeat, in milliseconds, after which an owner counts as dead. @default 30000 */
  readonly staleAfterMs?: number;
}

/**
 * Runs `task` while it holds the lock of the folder. Waits while another process holds the lock.
 *
 * The lock is the file `install-<n>.lock` with the highest number. It names the owner. If this lock is released or its
 * owner is dead, every waiting process tries to create the file with the number n + 1, and one process succeeds. The
 * file with the highest number is never removed. Otherwise a process with an old listing of the folder could mistake a
 * used number for a free one.
 */
export async function withInstallLock<T>(
  folder: string,
  options: InstallLockOptions,
  task: () => Promise<T>,
): Promise<T> {
  const { signal, onWait, pollMs = 200, staleAfterMs = 30_000 } = options;
  await mkdir(folder, { recursive: true });
  let isReported = false;
  for (;;) {
    signal?.throwIfAborted();
    const highest = (await numbersIn(folder)).reduce((a, b) => Math.max(a, b), 0);
    const owner = await ownerOf(fileOf(folder, highest), staleAfterMs);
    if (owner === undefined) {
      const next = highest + 1;
      if (await tryTake(folder, next)) return await hold(fileOf(folder, next), staleAfterMs, task);
      continue;
    }
    if (!isReported) onWait?.(owner);
    isReported = true;
    await delay(pollMs, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
}

const released = "released";

/**
 * Tries to create the lock file with this number. Returns true if it has created the file and there is no higher
 * number. Exported for its test.
 */
export async function tryTake(folder: string, number: number): Promise<boolean> {
  const file = fileOf(folder, number);
  const draft = await writeDraft(file, `${process.pid} ${hostname()}`);
  try {
    // A hard link appears with its complete content. Creating it fails if the file already exists.
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const numbers = await numbersIn(folder);
  if (numbers.some((other) => other > number)) {
    await rm(file, { force: true });
    return false;
  }
  for (const lower of numbers) if (lower < number) await rm(fileOf(folder, lower), { force: true });
  return true;
}

/** Runs the task with a heartbeat, and releases the lock afterwards. */
async function hold<T>(file: string, staleAfterMs: number, task: () => Promise<T>): Promise<T> {
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {}); // nine more heartbeats follow before the owner counts as dead
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

/** Returns a description of the lock's owner, or undefined if the lock is released or its owner is dead. */
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
