import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { startNatsServer } from "@aether/nats-testing";

/** Starts the watcher or the saver. Prints its output with the name of the process before each line. */
function run(name: "watcher" | "saver", serverUrl: string): ChildProcess {
  const module = new URL(`./${name}.js`, import.meta.url);
  const child = fork(module, [serverUrl], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on("line", (line) => console.log(`${name}: ${line}`));
  }
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  if (code !== 0) throw new Error(`a process ended with ${signal ?? `exit code ${code}`}`);
}

await using server = await startNatsServer();
const children: ChildProcess[] = [];
try {
  const watcher = run("watcher", server.url);
  children.push(watcher);
  const watcherEnded = ended(watcher);
  // Wait until the watcher has subscribed, because it would miss earlier announcements.
  await Promise.race([once(watcher, "message"), watcherEnded]);
  const saver = run("saver", server.url);
  children.push(saver);
  await Promise.all([ended(saver), watcherEnded]);
} finally {
  // This has no effect on a process that has already ended.
  for (const child of children) child.kill();
}
