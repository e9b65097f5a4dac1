import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startNatsServer } from "@aether/nats-testing";
import { transformWithOxc } from "vite";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { pages, snippetsOf } from "./support/documents.ts";
import { scratchFolder } from "./support/scratch-folder.ts";

const page = pages().find(({ path }) => path === join("docs", "operations", "README.md"));
const snippet = page && snippetsOf(page).find(({ file }) => file === "shutdown.ts");
if (snippet === undefined) throw new Error("docs/operations/README.md has no shutdown.ts");

/** A program that saves and publishes, and shuts down as the page shows when it reads a line. */
const program = `
import { createInterface } from "node:readline";
import { NatsEventBus } from "@aether/eventbus-nats";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { shutDown } from "./shutdown.mjs";
const { connect } = await import(process.argv[2]);
const say = (line) => process.stdout.write(line + "\\n");
const connection = await connect({ servers: process.argv[3], maxReconnectAttempts: -1 });
const bus = new NatsEventBus(connection, { onStatus: ({ type }) => say(type), drainTimeoutMs: 500 });
const store = await JetStreamEventStore.open(connection, {
  streamName: "orders", streamRetention: "forever", bus, onBusError: ({ code }) => say(code), ackTimeoutMs: 500,
});
const event = (version) => ({ actorId: "order-1", version, eventType: "OrderPlaced", data: {} });
const announcements = bus.subscribe("events");
await announcements.ready;
const { id, timestamp } = await store.saveEvent(event(1));
for await (const _ of announcements) break;
await bus.publish("other", { ...event(1), id, timestamp }); // the server has confirmed the announcement, too
say("ready");
createInterface({ input: process.stdin }).once("line", async () => {
  process.stdin.destroy();
  const done = (name) => [() => say(name + " ok"), ({ code }) => say(name + " " + code)];
  void store.saveEvent(event(2)).then(...done("save"));
  void bus.publish("other", { ...event(2), id, timestamp }).then(...done("publish"));
  await shutDown({ store, bus, connection });
  say("closed " + connection.isClosed());
});
`;

const folder = scratchFolder("shutdown");
beforeAll(async () => {
  writeFileSync(join(folder, "shutdown.mjs"), (await transformWithOxc(snippet.code, "shutdown.ts")).code);
  writeFileSync(join(folder, "program.mjs"), program);
});

let child: ChildProcess | undefined;
afterEach(() => void child?.kill("SIGKILL"));

/** Starts the program. `reads` waits for a line of its output. */
function start(client: string, url: string) {
  const started = spawn(process.execPath, [join(folder, "program.mjs"), client, url]);
  child = started;
  const ended = once(started, "close") as Promise<[code: number | null]>;
  const lines: string[] = [];
  let errors = "";
  started.stderr.on("data", (data) => {
    errors += data;
  });
  const output = createInterface({ input: started.stdout }).on("line", (line) => void lines.push(line));
  const reads = async (line: string): Promise<void> => {
    while (!lines.includes(line)) await Promise.race([once(output, "line"), ended.then(() => Promise.reject(errors))]);
  };
  return {
    lines,
    reads,
    async shutDown() {
      const began = performance.now();
      started.stdin.write("stop\n");
      const [code] = await ended;
      return { code, errors, isInTime: performance.now() - began < 10_000 };
    },
  };
}

const cleanEnd = { code: 0, errors: "", isInTime: true };

describe.each(["nats", "@nats-io/transport-node"])("the shutdown code of the page, with %s", (client) => {
  test("loses nothing if the server is there", async () => {
    await using server = await startNatsServer();
    const application = start(client, server.url);
    await application.reads("ready");
    expect(await application.shutDown()).toEqual(cleanEnd);
    expect([...application.lines].sort()).toEqual(["closed true", "publish ok", "ready", "save ok"]);
  });

  test("ends the process without an error if the server is gone, and reports what may be lost", async () => {
    await using server = await startNatsServer();
    const application = start(client, server.url);
    await application.reads("ready");
    await server.kill();
    await application.reads("disconnected");
    expect(await application.shutDown()).toEqual(cleanEnd);
    expect([...application.lines].sort()).toEqual([
      "closed true",
      "disconnected",
      "publish AETHER_BUS_DISCONNECTED",
      "ready",
      "save AETHER_OUTCOME_UNKNOWN",
    ]);
  });

  test("ends the process without an error if the server does not answer", async () => {
    await using server = await startNatsServer();
    const application = start(client, server.url);
    await application.reads("ready");
    await server.suspend();
    const end = application.shutDown();
    await application.reads("closed true");
    server.resume();
    expect(await end).toEqual(cleanEnd);
    expect(application.lines).toContain("save AETHER_OUTCOME_UNKNOWN");
    expect(application.lines).toContain("publish AETHER_BUS_DISCONNECTED");
  });
});
