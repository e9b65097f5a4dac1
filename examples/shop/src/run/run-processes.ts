import { fork } from "node:child_process";
import { once } from "node:events";
import { parts } from "./run-shop.ts";

/** Runs each part of the shop in a process of its own. One that was killed is started again; if one fails, all end. */
export async function runProcesses(signal: AbortSignal): Promise<void> {
  const keepRunning = async (part: string): Promise<void> => {
    while (!signal.aborted) {
      const env = { ...process.env, SHOP_PART: part };
      const child = fork(`${import.meta.dirname}/../main.js`, process.argv.slice(2), { env });
      console.log(`${part}: process ${child.pid}`);
      signal.addEventListener("abort", () => child.kill());
      const [code] = await once(child, "exit");
      if (code > 0) throw new Error(`the process of the ${part} ended with exit code ${code}`);
    }
  };
  await Promise.all(parts.map(keepRunning));
}
