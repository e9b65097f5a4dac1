import { parseArgs } from "node:util";
import { startNatsServer } from "@aether/nats-testing";
import { runProcesses } from "./run/run-processes.ts";
import { parts, runShop } from "./run/run-shop.ts";
import { openStores } from "./run/stores.ts";

const string = { type: "string" } as const;
const { store = "sqlite", processes = "1" } = parseArgs({ options: { store: string, processes: string } }).values;
if (!/^(memory 1|(sqlite|jetstream) [13])$/.test(`${store} ${processes}`)) {
  console.error("usage: npm run shop -- [--store memory|sqlite|jetstream] [--processes 1|3 (not with memory)]");
  process.exit(1);
}
const stopping = new AbortController();
// A process is disconnected when the one that has started it ends.
for (const event of ["SIGINT", "SIGTERM", "disconnect"]) process.once(event, () => stopping.abort());

const startsServer = store === "jetstream" && process.env.NATS_URL === undefined;
await using natsServer = startsServer ? await startNatsServer() : undefined;
if (natsServer !== undefined) process.env.NATS_URL = natsServer.url;

const part = process.env.SHOP_PART; // the part that this process runs, if it is one of three
if (processes === "3" && part === undefined) await runProcesses(stopping.signal);
else await runShop(await openStores(store), part === undefined ? parts : [part], stopping.signal);
if (process.connected) process.disconnect();
