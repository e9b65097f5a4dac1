import { fork } from "node:child_process";
import { once } from "node:events";
import { type Role, roles } from "./options.ts";

/**
 * Runs each part of the shop in a process of its own, until the signal is aborted. A process that was killed is started
 * again. If a process ends by itself, it has a problem that a restart does not solve, so all of them end.
 *
 * @param args - command line of each process, which also gets its role
 */
export async function runProcesses(module: URL, args: readonly string[], signal: AbortSignal): Promise<void> {
  const failed = new AbortController();
  const until = AbortSignal.any([signal, failed.signal]);
  const running = roles.map((role) =>
    keepRunning(role, module, args, until).catch((error) => {
      failed.abort();
      throw error;
    }),
  );
  await Promise.allSettled(running);
  await Promise.all(running);
}

async function keepRunning(role: Role, module: URL, args: readonly string[], until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    const child = fork(module, [...args, "--role", role]);
    console.log(`${role}: process ${child.pid}`);
    const stop = (): void => void child.kill();
    until.addEventListener("abort", stop);
    const [code, killedBy] = await once(child, "exit");
    until.removeEventListener("abort", stop);
    if (!until.aborted && killedBy === null) throw new Error(`the process of the ${role} ended with exit code ${code}`);
  }
}
