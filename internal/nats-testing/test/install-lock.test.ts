import { readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { tryTake, withInstallLock } from "../src/find/install-lock.ts";
import { tempFolder } from "./support/temp-folder.ts";

/** A process id that no process can have. */
const deadPid = 2 ** 22 + 1;

/** Lets several tasks compete for the lock. Returns the highest number of tasks that ran at the same time. */
async function contend(folder: string, contenders: number): Promise<number> {
  let holders = 0;
  let most = 0;
  const one = (): Promise<void> =>
    withInstallLock(folder, { pollMs: 1 }, async () => {
      holders += 1;
      most = Math.max(most, holders);
      await new Promise((next) => setImmediate(next));
      holders -= 1;
    });
  await Promise.all(Array.from({ length: contenders }, one));
  return most;
}

afterEach(() => {
  vi.useRealTimers();
});

describe("tryTake", () => {
  it("succeeds once for each number, and only if the number is higher than all others", async () => {
    const folder = await tempFolder();
    expect(await tryTake(folder, 5)).toBe(true);
    expect(await tryTake(folder, 5)).toBe(false);
    // A process that listed the folder before 5 existed believes that 4 is free.
    expect(await tryTake(folder, 4)).toBe(false);
    expect(await readdir(folder)).toEqual(["install-5.lock"]);
    expect(await tryTake(folder, 6)).toBe(true);
    expect(await readdir(folder)).toEqual(["install-6.lock"]);
  });
});

describe("withInstallLock", () => {
  it("runs all tasks, one at a time", async () => {
    expect(await contend(await tempFolder(), 20)).toBe(1);
  });

  it.each([
    ["whose owner has died", `${deadPid} ${hostname()}`],
    ["that was released", "released"],
  ])("can be taken over by one task at a time: a lock %s", async (_case, content) => {
    const folder = await tempFolder();
    await writeFile(join(folder, "install-7.lock"), content);
    expect(await contend(folder, 20)).toBe(1);
  });

  it("returns the result of the task, and is free again after a failed one", async () => {
    const folder = await tempFolder();
    const failing = withInstallLock(folder, {}, () => Promise.reject(new Error("no network")));
    await expect(failing).rejects.toThrow("no network");
    expect(await withInstallLock(folder, {}, async () => "installed")).toBe("installed");
  });

  it("names its owner while it is held, and leaves only one small file", async () => {
    const folder = await tempFolder();
    const held = await withInstallLock(folder, {}, async () => readFile(join(folder, "install-1.lock"), "utf8"));
    expect(held).toBe(`${process.pid} ${hostname()}`);
    await withInstallLock(folder, {}, async () => {});
    expect(await readdir(folder)).toEqual(["install-2.lock"]);
  });

  it("waits for an owner on another machine with a recent heartbeat, reports it once, and can be aborted", async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, "install-1.lock"), `${deadPid} elsewhere`);
    const controller = new AbortController();
    const onWait = vi.fn();
    const task = vi.fn();
    const waiting = withInstallLock(folder, { signal: controller.signal, onWait, pollMs: 1 }, task);
    await vi.waitFor(() => expect(onWait).toHaveBeenCalledWith(`process ${deadPid} on elsewhere`));
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(onWait).toHaveBeenCalledTimes(1);
    expect(task).not.toHaveBeenCalled();
  });

  it("takes over from an owner without a recent heartbeat", async () => {
    const folder = await tempFolder();
    const lock = join(folder, "install-1.lock");
    await writeFile(lock, `${process.pid} elsewhere`);
    const longAgo = new Date(Date.now() - 31_000);
    await utimes(lock, longAgo, longAgo);
    expect(await withInstallLock(folder, {}, async () => "mine")).toBe("mine");
  });

  it("writes a heartbeat while the task runs", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const folder = await tempFolder();
    const lock = join(folder, "install-1.lock");
    await withInstallLock(folder, { staleAfterMs: 30_000 }, async () => {
      const almostStale = new Date(Date.now() - 29_000);
      await utimes(lock, almostStale, almostStale);
      vi.advanceTimersByTime(3_000);
      await vi.waitFor(async () => expect((await stat(lock)).mtimeMs).toBeGreaterThan(Date.now() - 10_000));
    });
    expect(vi.getTimerCount()).toBe(0);
  });
});
