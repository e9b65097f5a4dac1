/** Runs one program: `main.js PROGRAM [URL]`. Ends with 1 and an error message if something does not work. */
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { connect as connectNatsIo } from "@nats-io/transport-node";
import { connect as connectNats } from "nats";
import { useMemory } from "./in-memory.ts";
import { useSqlite } from "./in-sqlite.ts";
import { useNats } from "./on-nats.ts";

const [program = "", servers = ""] = isMainThread ? process.argv.slice(2) : (workerData as string[]);

const programs: Readonly<Record<string, () => Promise<void>>> = {
  memory: useMemory,
  sqlite: useSqlite,
  "nats-io": () => useNats(() => connectNatsIo({ servers })),
  nats: () => useNats(() => connectNats({ servers })),
  worker: () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), { workerData: ["nats-io", servers] });
      worker.once("error", reject);
      worker.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`the worker ended with ${code}`))));
    }),
};

const run = programs[program];
if (run === undefined) throw new Error(`there is no program ${program}`);
await run();
