import { type ChildProcess, fork } from "node:child_process";
import { on, once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startNatsServer } from "@aether/nats-testing";

const children: ChildProcess[] = [];

/** Starts the watcher or the saver. Prints its output with the name of the process before each line. */
function start(name: "watcher" | "saver", ...args: readonly string[]): ChildProcess {
  const module = new URL(`./${name}.js`, import.meta.url);
  const child = fork(module, [server.url, ...args], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  children.push(child);
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on("line", (line) => console.log(`${name}: ${line}`));
  }
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  if (code !== 0) throw new Error(`a process ended with ${signal ?? `exit code ${code}`}`);
}

/** Resolves once the watcher has counted this number of orders. */
async function counted(watcher: ChildProcess, count: number): Promise<void> {
  for await (const [orders] of on(watcher, "message", { close: ["close"] })) {
    const total = Object.values(orders as Record<string, number>).reduce((sum, one) => sum + one, 0);
    if (total >= count) return;
  }
  throw new Error("the watcher has ended early");
}

await using server = await startNatsServer();
const folder = await mkdtemp(join(tmpdir(), "aether-live-orders-"));
const file = join(folder, "counts.json");
try {
  const first = start("watcher", file);
  await counted(first, 0);
  await ended(start("saver", "monday"));
  await counted(first, 2);

  first.kill("SIGKILL");
  await once(first, "close");
  console.log("the watcher was killed");
  await ended(start("saver", "tuesday"));

  const second = start("watcher", file);
  await counted(second, 10_002);
  const secondEnded = ended(second);
  await ended(start("saver", "wednesday"));
  await secondEnded;
} finally {
  // This has no effect on a process that has already ended.
  for (const child of children) child.kill();
  await rm(folder, { recursive: true });
}
