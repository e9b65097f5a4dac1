import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import type { DocumentStore, Event, Position } from "@aether/core";
import type { Decider } from "@aether/decider";
import { startNatsServer } from "@aether/nats-testing";
import { type EventHandler, EventProcessor, type ProcessorOptions, parkedActors } from "@aether/processor";
import { JetStreamDocumentStore } from "@aether/store-jetstream";
import { MemoryDocumentStore, MemoryEventStore } from "@aether/store-memory";
import { connect } from "@nats-io/transport-node";
import { transformWithOxc } from "vite";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { pages, snippetsOf } from "./support/documents.ts";
import { scratchFolder } from "./support/scratch-folder.ts";

const page = pages().find(({ path }) => path === join("docs", "reacting-to-events.md"));
if (page === undefined) throw new Error("docs/reacting-to-events.md is missing");
const snippets = snippetsOf(page);

/** A program that creates the invoice of an order twice, and then for another event. It prints the results. */
const invoices = `
import { MemoryEventStore } from "@aether/store-memory";
import { createInvoice } from "./createInvoice.mjs";
const store = new MemoryEventStore();
for (const id of ["1", "1", "2"]) {
  const event = { id, actorId: "order-1", version: 1, eventType: "OrderPlaced", data: {} };
  const result = await createInvoice(store, event).then(() => "ok", ({ code }) => code);
  console.log(result, await store.getLatestVersion("invoice-order-1"));
}
`;

/** A program that ships orders at the same time, as the page shows. It prints the results. */
const shipping = `
import { JetStreamDocumentStore, JetStreamEventStore } from "@aether/store-jetstream";
import { connect } from "@nats-io/transport-node";
import { ship } from "./ship.mjs";
const connection = await connect({ servers: process.env.NATS_URL });
const store = await JetStreamEventStore.open(connection, { streamName: "shop", streamRetention: "forever" });
const documents = await JetStreamDocumentStore.open(connection, { bucket: "processors" });
const results = process.argv.slice(2).map((actorId) => ship(store, documents, { actorId, version: 1 }));
console.log((await Promise.all(results)).join(" "));
await store.close();
await documents.close();
await connection.close();
`;

const folder = scratchFolder("reacting-to-events");
const scriptOf = (file: string): string => join(folder, file.replace(/\.ts$/, ".mjs"));
/** Runs a module of the page in this process. Its imports of packages are those of the test. */
const importOf = (file: string): Promise<unknown> => import(/* @vite-ignore */ join(folder, file));
beforeAll(async () => {
  for (const { file, code, language } of snippets) if (language === "ts") await write(file ?? unnamed(code), code);
  writeFileSync(join(folder, "invoices.mjs"), invoices);
  writeFileSync(join(folder, "shipping.mjs"), shipping);
  // The instances of the page wait ten seconds for each other. A shorter lease keeps the test fast.
  const mails = snippets.find(({ file }) => file === "shipping-mails.ts")?.code ?? "";
  const hasty = mails.replace(
    'name: "shipping-mails",',
    "$& leaseMs: 1_000, retry: { onFailure: () => ({ giveUp: true }) },",
  );
  expect(hasty).not.toBe(mails);
  await write("hasty-mails.ts", hasty);
  // Two seconds are too short for the start of an instance, or a takeover, on a busy machine.
  const ship = snippets.find(({ file }) => file === "ship.ts")?.code ?? "";
  const patient = ship.replace("timeoutMs: 2_000", "timeoutMs: 20_000");
  expect(patient).not.toBe(ship);
  await write("ship.ts", patient);
  const service = snippets.find(({ file }) => file === "mail-service.ts")?.code ?? "";
  await write("hasty-service.ts", service.replace("./shipping-mails.ts", "./hasty-mails.ts"));
});

/** Name of a snippet that the page gives no name: the function that it exports. */
function unnamed(code: string): string {
  return `${/export (?:async )?function (\w+)/.exec(code)?.[1]}.ts`;
}

/** Writes a program, and the same as JavaScript, which every supported version of Node.js runs. */
async function write(file: string, code: string): Promise<void> {
  writeFileSync(join(folder, file), code);
  const script = (await transformWithOxc(code, file)).code.replaceAll(/"(\.\/[\w-]+)\.ts"/g, '"$1.mjs"');
  writeFileSync(scriptOf(file), script);
}

async function run(file: string, env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [scriptOf(file), ...args], {
    env: { ...process.env, ...env },
  });
  expect(stderr).toBe("");
  return stdout;
}

test.each(["first-mail.ts", "points-once.ts"])("%s prints the output that the page shows", async (file) => {
  const index = snippets.findIndex((snippet) => snippet.file === file);
  expect(snippets[index + 1]?.language).toBe("text");
  expect(await run(file, {})).toBe(snippets[index + 1]?.code);
});

test("an invoice is created once, and a conflict with another event is an error", async () => {
  expect(await run("invoices.mjs", {})).toBe("ok 1\nok 1\nAETHER_VERSION_CONFLICT 1\n");
});

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A mail service on a local port. `answer` answers each request. */
async function startMailService(answer: (mail: { readonly text: string }, response: ServerResponse) => void) {
  const mails: { readonly key: string; readonly text: string }[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    let body = "";
    for await (const part of request) body += part;
    const mail = JSON.parse(body) as { readonly text: string };
    mails.push({ key: String(request.headers["idempotency-key"]), text: mail.text });
    answer(mail, response);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  open.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { mails, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

type SendMail = (mail: { id: string; text: string }, signal: AbortSignal, timeoutMs?: number) => Promise<void>;

test("the call of the mail service ends with its time limit, with the signal, and with the answer", async () => {
  const { sendMail } = (await importOf("send-mail.ts")) as { readonly sendMail: SendMail };
  const { mails, url } = await startMailService(({ text }, response) => {
    if (text !== "slow") response.writeHead(text === "good" ? 200 : 422).end();
  });
  vi.stubEnv("MAIL_URL", url);
  open.push(async () => vi.unstubAllEnvs());
  const { signal } = new AbortController();
  await sendMail({ id: "1", text: "good" }, signal);
  await expect(sendMail({ id: "2", text: "bad" }, signal)).rejects.toThrow("the mail service answered 422");
  await expect(sendMail({ id: "3", text: "slow" }, signal, 50)).rejects.toMatchObject({ name: "TimeoutError" });
  const reason = new Error("the lease is lost");
  await expect(sendMail({ id: "4", text: "good" }, AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(mails.map(({ key }) => key)).toEqual(["1", "2", "3"]);
});

/** Starts an instance of the mail service of the page. */
function startInstance(env: NodeJS.ProcessEnv): { readonly child: ChildProcess; readonly end: Promise<unknown> } {
  const child = spawn(process.execPath, [scriptOf("hasty-service.ts")], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr?.on("data", (data) => {
    errors += data;
  });
  const end = once(child, "close").then(([code, signal]) => ({ code, signal, errors }));
  open.push(async () => {
    child.kill("SIGKILL");
    await end;
  });
  return { child, end };
}

const shutDownInOrder = { code: 0, signal: null, errors: "" };

test("two instances send each mail, although one of them is killed, and parked orders are handled later", async () => {
  await using server = await startNatsServer();
  const connection = await connect({ servers: server.url });
  open.push(() => connection.close());
  const documents = await JetStreamDocumentStore.open(connection, { bucket: "processors" });
  let isBroken = true;
  let hangs = false;
  const { mails, url } = await startMailService(({ text }, response) => {
    if (!hangs) response.writeHead(isBroken && text.startsWith("order-7 ") ? 422 : 200).end();
  });
  const env = { NATS_URL: server.url, MAIL_URL: url };
  const ship = (...orders: readonly string[]): Promise<string> => run("shipping.mjs", env, ...orders);
  const first = startInstance(env);
  expect(await ship("order-1", "order-2", "order-3", "order-7")).toBe("sent sent sent later\n");
  const second = startInstance(env);
  // The first instance is killed while it waits for the mail service.
  hangs = true;
  const pending = ship("order-4");
  await vi.waitFor(() => expect(mails.at(-1)?.text).toMatch(/^order-4 /), 5_000);
  hangs = false;
  first.child.kill("SIGKILL");
  await first.end;
  expect(await pending).toBe("sent\n");
  const sent = mails.filter(({ text }) => text.startsWith("order-4 "));
  expect(sent.length).toBe(2);
  expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
  const list = await run("parked.ts", env);
  expect(list).toMatch(/^order-7, OrderShipped [\w-]+: the mail service answered 422 \(attempts: 1\)\n$/);
  expect(await run("parked.ts", env, "discard", "order-7", "another-event")).toMatch(/^order-7: not discarded/);
  expect(await run("parked.ts", env)).toBe(list);
  isBroken = false;
  expect(await run("parked.ts", env, "retry")).toBe("");
  await vi.waitFor(async () => expect(await parkedActors(documents, "shipping-mails")).toEqual([]), 5_000);
  expect(mails.at(-1)?.text).toMatch(/^order-7 /);
  // A rolling deployment: the third instance continues as soon as the second one has stopped.
  const third = startInstance(env);
  await vi.waitFor(async () => expect(await membersOf(documents)).toBe(2), 10_000);
  second.child.kill("SIGTERM");
  expect(await second.end).toEqual(shutDownInOrder);
  const count = mails.length;
  expect(await ship("order-5")).toBe("sent\n");
  expect(mails.length).toBe(count + 1);
  third.child.kill("SIGINT");
  expect(await third.end).toEqual(shutDownInOrder);
}, 60_000);

/** Counts the processes that run the processor. */
async function membersOf(documents: DocumentStore): Promise<number> {
  let count = 0;
  for await (const { id } of documents.listDocuments("aether.processor.shipping-mails"))
    if (id.startsWith("member/")) count++;
  return count;
}

test("a processor that is forgotten begins again", async () => {
  const { forgetProcessor } = (await importOf("forgetProcessor.ts")) as {
    readonly forgetProcessor: (documents: DocumentStore, name: string) => Promise<void>;
  };
  await using store = new MemoryEventStore();
  await store.saveEvent({ actorId: "order-1", version: 1, eventType: "OrderPlaced", data: {} });
  const documents = new MemoryDocumentStore();
  for (let run = 1; run <= 2; run++) {
    const handle = vi.fn();
    await using processor = new EventProcessor(store, { name: "points", documents, handle });
    await processor.start();
    await processor.drain();
    await processor.stop();
    expect(handle).toHaveBeenCalledOnce();
    await forgetProcessor(documents, "points");
  }
});

test("a processor under another name continues where the old one ends, once nothing is parked", async () => {
  const { endOf } = (await importOf("endOf.ts")) as {
    readonly endOf: (documents: DocumentStore, name: string) => Promise<Position | "beginning">;
  };
  await using store = new MemoryEventStore();
  const documents = new MemoryDocumentStore();
  const ship = (actorId: string) => store.saveEvent({ actorId, version: 1, eventType: "OrderShipped", data: {} });
  await ship("order-1");
  await ship("order-2");
  const sent: string[] = [];
  let isBroken = true;
  const options: ProcessorOptions = {
    name: "mails",
    documents,
    onFailure: "park",
    retry: { onFailure: () => ({ giveUp: true }) },
    handle: ({ actorId }) => {
      if (isBroken && actorId === "order-1") throw new Error("422");
      sent.push(actorId);
    },
  };
  async function run(more: Partial<ProcessorOptions>): Promise<void> {
    await using processor = new EventProcessor(store, { ...options, ...more });
    await processor.start();
    if (isBroken) await vi.waitFor(() => expect(processor.status).toMatchObject({ parkedActors: 1, isCaughtUp: true }));
    else {
      await processor.retryParked("order-1");
      await processor.drain();
    }
  }
  await expect(endOf(documents, "mials")).rejects.toThrow("no processor mials");
  await run({});
  await expect(endOf(documents, "mails")).rejects.toThrow("parked");
  isBroken = false;
  await run({});
  const startFrom = await endOf(documents, "mails");
  await ship("order-3");
  await run({ name: "mails-2", partitions: 16, startFrom });
  expect(sent).toEqual(["order-2", "order-1", "order-3"]);
});

test("a handler reads the state at its event, and every failed attempt is logged", async () => {
  type StateAt = (store: MemoryEventStore, decider: Decider, event: Event) => Promise<number>;
  const { stateAt } = (await importOf("stateAt.ts")) as { readonly stateAt: StateAt };
  const { logged } = (await importOf("logged.ts")) as { readonly logged: (handle: EventHandler) => EventHandler };
  const decider = { initialState: 0, decide: {}, evolve: { Added: (sum: number) => sum + 1 } } as unknown as Decider;
  await using store = new MemoryEventStore();
  for (const version of [1, 2, 3]) await store.saveEvent({ actorId: "order-1", version, eventType: "Added", data: {} });
  const log = vi.spyOn(console, "error").mockReturnValue(undefined);
  open.push(async () => log.mockRestore());
  const states: number[] = [];
  await using processor = new EventProcessor(store, {
    name: "states",
    documents: new MemoryDocumentStore(),
    retry: { onFailure: ({ attempt }) => (attempt < 2 ? { retryAfterMs: 0 } : { giveUp: true }) },
    handle: logged(async (event) => {
      states.push(await stateAt(store, decider, event));
      if (event.version === 2) throw new Error("422");
    }),
  });
  await processor.start();
  await expect(processor.untilStopped()).rejects.toMatchObject({ code: "AETHER_PROCESSOR_STOPPED" });
  expect(states).toEqual([1, 2, 2]);
  expect(log.mock.calls.map(([text]) => text)).toEqual([
    "Added, version 2 of order-1, attempt 1:",
    "Added, version 2 of order-1, attempt 2:",
  ]);
});
