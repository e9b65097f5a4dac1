// One of several competing writers. It runs in its own process, which `runWriters` starts.
import { on } from "node:events";
import { describeError } from "../describe-error.ts";
import { openStore } from "../store/open-store.ts";
import { type AppendTally, appendEvents } from "./append.ts";
import { saveCompeting } from "./save-next.ts";
import type { FromWriter, ToWriter } from "./writer-messages.ts";

const progressIntervalMs = 100;

const received = on(process, "message");
// A writer ends when its parent process has ended.
const exitOrphaned = (): never => process.exit(1);
process.once("disconnect", exitOrphaned);

try {
  await send({ kind: "done", tally: await write() });
} catch (error) {
  process.exitCode = 1;
  await send({ kind: "failed", reason: describeError(error) });
}
process.off("disconnect", exitOrphaned);
process.disconnect();

async function write(): Promise<AppendTally> {
  const { address } = await receive("open");
  const { store, close } = await openStore(address);
  try {
    await send({ kind: "opened" });
    const { events } = await receive("append");
    return await appendEvents(saveCompeting(store), events, { onProgress: throttledProgress() });
  } finally {
    await close();
  }
}

function throttledProgress(): (tally: AppendTally) => void {
  let last = performance.now();
  return (tally) => {
    if (performance.now() - last < progressIntervalMs) return;
    last = performance.now();
    void send({ kind: "progress", tally });
  };
}

async function receive<Kind extends ToWriter["kind"]>(kind: Kind): Promise<Extract<ToWriter, { kind: Kind }>> {
  const { value } = await received.next();
  const [message] = value as [ToWriter];
  if (message.kind !== kind) throw new Error(`the parent sent "${message.kind}" instead of "${kind}"`);
  return message as Extract<ToWriter, { kind: Kind }>;
}

function send(message: FromWriter): Promise<void> {
  return new Promise((resolve) => {
    // If the parent has ended, the "disconnect" event ends this process.
    if (process.send === undefined) resolve();
    else process.send(message, () => resolve());
  });
}
