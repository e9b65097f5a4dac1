import { fork } from "node:child_process";
import { once } from "node:events";
import { parts } from "./run-shop.ts";

/**
 * Runs each part of the shop in a process of its own, until the signal is aborted. A process that was killed is started
 * again. If a process ends by itself, it has a problem that a restart does not solve, so all of them end.
 */
export async function runProcesses(signal: AbortSignal): Promise<void> {
  await Promise.all(parts.map((part) => keepRunning(part, signal)));
}

async function keepRunning(part: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const env = { ...process.env, SHOP_PART: part };
    const child = fork(new URL("../main.js", import.meta.url), process.argv.slice(2), { env });
    console.log(`${part}: process ${child.pid}`);
    signal.addEventListener("abort", () => child.kill());
    const [code] = await once(child, "exit");
    if (code > 0) throw new Error(`the process of the ${part} ended with exit code ${code}`);
  }
}
