import { startNatsServer } from "@aether/nats-testing";
import { type Options, readOptions, UsageError, usage } from "./run/options.ts";
import { runProcesses } from "./run/run-processes.ts";
import { runShop } from "./run/run-shop.ts";
import { addSampleData } from "./run/sample-data.ts";
import { openStores } from "./run/stores.ts";

const stopping = new AbortController();
const { signal } = stopping;
for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => stopping.abort());
process.once("disconnect", () => stopping.abort()); // the process that has started this one has ended

const args = process.argv.slice(2);
try {
  if (args.includes("--help")) console.log(usage);
  else await main(readOptions(args));
} catch (error) {
  const { message, code } = error as NodeJS.ErrnoException;
  const isUsage = error instanceof UsageError || code?.startsWith("ERR_PARSE_ARGS");
  console.error(isUsage ? `${message}\n\n${usage}` : error);
  process.exit(1); // even if a connection is open, because the start failed halfway
}
process.disconnect?.();

async function main(options: Options): Promise<void> {
  const { store, processes, port, file, role } = options;
  const startsServer = store === "jetstream" && options.server === undefined;
  await using natsServer = startsServer ? await startNatsServer() : undefined;
  const server = options.server ?? natsServer?.url;
  {
    await using stores = await openStores({ store, file, server });
    if (role === undefined) await addSampleData(stores);
    if (processes === 1 || role !== undefined) return await runShop(stores, { role, port }, signal);
  }
  const shared = ["--store", store, "--port", `${port}`, "--file", file, ...(server ? ["--server", server] : [])];
  await runProcesses(new URL(import.meta.url), shared, signal);
}
