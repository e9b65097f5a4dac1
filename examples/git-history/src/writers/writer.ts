// One of several writers: a process of its own, forked by runWriters.
import { on } from "node:events";
import { describeError } from "../describe-error.ts";
import { joinStore } from "../store/open-store.ts";
import { type AppendTally, appendEvents } from "./append.ts";
import { saveAmongOthers } from "./save-next.ts";
import type { FromWriter, ToWriter } from "./writer-messages.ts";

const progressIntervalMs = 100;

const received = on(process, "message");
// Without its parent a writer has nobody to write for.
const orphaned = (): never => process.exit(1);
process.once("disconnect", orphaned);

try {
  await tell({ kind: "done", tally: await write() });
} catch (error) {
  process.exitCode = 1;
  await tell({ kind: "failed", reason: describeError(error) });
}
process.off("disconnect", orphaned);
process.disconnect();

async function write(): Promise<AppendTally> {
  const { address } = await receive("open");
  const { store, close } = await joinStore(address);
  try {
    await tell({ kind: "opened" });
    const { events } = await receive("append");
    return await appendEvents(saveAmongOthers(store), events, { onProgress: reportNowAndThen() });
  } finally {
    await close();
  }
}

function reportNowAndThen(): (tally: AppendTally) => void {
  let last = performance.now();
  return (tally) => {
    if (performance.now() - last < progressIntervalMs) return;
    last = performance.now();
    void tell({ kind: "progress", tally });
  };
}

async function receive<Kind extends ToWriter["kind"]>(kind: Kind): Promise<Extract<ToWriter, { kind: Kind }>> {
  const { value } = await received.next();
  const [message] = value as [ToWriter];
  if (message.kind !== kind) throw new Error(`the parent said ${message.kind} where ${kind} was to come`);
  return message as Extract<ToWriter, { kind: Kind }>;
}

function tell(message: FromWriter): Promise<void> {
  return new Promise((resolve) => {
    // Where the parent cannot be told any more, "disconnect" ends the process.
    if (process.send === undefined) resolve();
    else process.send(message, () => resolve());
  });
}
