import { readdir, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { runCommand } from "../run-command.ts";
import type { ServerProcess } from "./server-process.ts";

/**
 * Sends SIGSTOP and resolves when nothing in the process runs any more. That takes a moment, in which its threads may
 * still answer; the system tells only a process's parent in C, so its state is asked for until it is the right one.
 */
export async function suspend(server: ServerProcess, timeoutMs = 5_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (server.send("SIGSTOP")) {
    if (await isStopped(server.pid)) return;
    if (performance.now() > deadline) throw new Error(`process ${server.pid} did not stop within ${timeoutMs} ms`);
    await delay(1);
  }
  throw new Error(`the nats-server on port ${server.port} is not running`);
}

async function isStopped(pid: number): Promise<boolean> {
  const states = process.platform === "linux" ? await threadStates(pid) : [await stateByPs(pid)];
  return states.length > 0 && states.every((state) => state === "T");
}

/** Of each thread, from its `stat`: the letter after the program's name, which is in parentheses and may hold any. */
async function threadStates(pid: number): Promise<readonly (string | undefined)[]> {
  const folder = `/proc/${pid}/task`;
  const threads = await readdir(folder).catch(gone);
  const stats = await Promise.all(threads.map((thread) => readFile(`${folder}/${thread}/stat`, "utf8").catch(gone)));
  return stats.flatMap((stat) => (typeof stat === "string" ? /.*\) (\S)/s.exec(stat)?.[1] : []));
}

/** A thread, or the process, may end while it is asked about. */
function gone(error: NodeJS.ErrnoException): [] {
  if (error.code === "ENOENT" || error.code === "ESRCH") return [];
  throw error;
}

async function stateByPs(pid: number): Promise<string | undefined> {
  return (await runCommand("ps", ["-o", "state=", "-p", String(pid)], { timeoutMs: 5_000 })).trim()[0];
}
