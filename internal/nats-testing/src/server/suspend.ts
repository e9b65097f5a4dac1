import { readdir, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { runCommand } from "../run-command.ts";
import type { ServerProcess } from "./server-process.ts";

/**
 * Sends SIGSTOP and resolves once every thread of the process has stopped. Node.js has no function that waits for this,
 * such as `waitpid` in C, so the state of the process is polled.
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

/** Reads the state of each thread: the letter in `stat` after the program's name, which is in parentheses. */
async function threadStates(pid: number): Promise<readonly (string | undefined)[]> {
  const folder = `/proc/${pid}/task`;
  const threads = await readdir(folder).catch(ignoreEnded);
  const stats = await Promise.all(
    threads.map((thread) => readFile(`${folder}/${thread}/stat`, "utf8").catch(ignoreEnded)),
  );
  return stats.flatMap((stat) => (typeof stat === "string" ? /.*\) (\S)/s.exec(stat)?.[1] : []));
}

/** Ignores the error that reading causes if a thread or the process has ended in the meantime. */
function ignoreEnded(error: NodeJS.ErrnoException): [] {
  if (error.code === "ENOENT" || error.code === "ESRCH") return [];
  throw error;
}

async function stateByPs(pid: number): Promise<string | undefined> {
  return (await runCommand("ps", ["-o", "state=", "-p", String(pid)], { timeoutMs: 5_000 })).trim()[0];
}
