import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { pages, snippetsOf } from "./support/documents.ts";
import { type Programs, programsOf } from "./support/programs.ts";
import { scratchFolder } from "./support/scratch-folder.ts";

const path = "docs/operations/deployment.md";
const snippets = snippetsOf(pages().find((each) => each.path === path) ?? { path, text: "" });
const folder = scratchFolder("deployment");
let page: Programs;
beforeAll(async () => {
  page = await programsOf(path, folder);
  // A request whose only call of a store begins after the server has stopped to accept connections.
  const late = page.codeOf("order-service.ts").replace(
    "async function placeOrder(actorId: string): Promise<number> {",
    `$&
    console.log("order");
    while (server.listening) await sleep(5);
    await sleep(200);`,
  );
  expect(late).toContain("server.listening");
  await page.write("late-service.ts", late);
});

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Starts an instance of the service, and waits until it listens. */
async function start(nats: NatsServer, drainMs: number, program = "order-service.ts") {
  const port = await freePort();
  const child = spawn(process.execPath, [page.scriptOf(program)], {
    env: { ...process.env, NATS_URL: nats.url, PORT: String(port), DRAIN_MS: String(drainMs) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let errors = "";
  child.stderr?.on("data", (data) => {
    errors += data;
  });
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout }).on("line", (line) => void lines.push(line));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, errors }));
  await Promise.race([once(output, "line"), ended.then((end) => Promise.reject(new Error(JSON.stringify(end))))]);
  const status = async (url: string, method = "GET"): Promise<number> =>
    (await fetch(`http://127.0.0.1:${port}${url}`, { method })).status;
  const stop = (signal: "SIGINT" | "SIGTERM" = "SIGTERM") => {
    child.kill(signal);
    return ended;
  };
  return { lines, status, stop };
}

test("instances are live without NATS, ready with it, and stop in order while another one continues", async () => {
  await using nats = await startNatsServer();
  const [first, second] = [await start(nats, 1_500), await start(nats, 0)];
  expect(await first.status("/readyz")).toBe(200);
  expect(await first.status("/order-1", "POST")).toBe(201);

  // Without an answer from NATS, the instance is live, but not ready.
  await nats.suspend();
  expect(await Promise.all([first.status("/livez"), first.status("/readyz")])).toEqual([200, 503]);
  nats.resume();
  await vi.waitFor(async () => expect(await first.status("/readyz")).toBe(200), 5_000);

  // A request that arrives while the instance drains is answered, even after it has stopped listening.
  const stopped = first.stop();
  await vi.waitFor(async () => expect(await first.status("/readyz")).toBe(503));
  await nats.suspend();
  const inFlight = first.status("/order-2", "POST");
  await vi.waitFor(() => expect(first.status("/livez")).rejects.toThrow(), 10_000);
  nats.resume();
  expect(await inFlight).toBe(201);
  expect(await stopped).toEqual({ code: 0, errors: "" });

  // The other instance continues, and takes over the processor at once.
  expect(await second.status("/order-3", "POST")).toBe(201);
  await vi.waitFor(() => expect(second.lines).toContain("pack lamp for order-3"), 5_000);
  const packed = [...first.lines, ...second.lines].filter((line) => line.startsWith("pack")).sort();
  expect(packed).toEqual([1, 2, 3].map((order) => `pack lamp for order-${order}`));
  expect(await second.stop()).toEqual({ code: 0, errors: "" });
}, 60_000);

test("a request in flight is answered before the processor stops and the stores are closed", async () => {
  await using nats = await startNatsServer();
  const service = await start(nats, 0, "late-service.ts");
  const inFlight = service.status("/order-1", "POST");
  await vi.waitFor(() => expect(service.lines).toContain("order"), 5_000);
  const stopped = service.stop("SIGINT");
  expect(await inFlight).toBe(201);
  expect(await stopped).toEqual({ code: 0, errors: "" });
}, 30_000);

test("the deployment asks the service for paths that it has, and waits longer than its shutdown can take", () => {
  const deployment = parse(snippets.find(({ file }) => file === "deployment.yaml")?.code ?? "");
  const { terminationGracePeriodSeconds, containers } = deployment.spec.template.spec;
  const [{ livenessProbe, readinessProbe, ports, env }] = containers;
  const service = page.codeOf("order-service.ts");
  for (const { httpGet } of [livenessProbe, readinessProbe]) {
    expect(service).toContain(`"${httpGet.path}"`);
    expect(ports).toEqual([{ containerPort: httpGet.port }]);
    expect(service).toContain(`process.env.PORT ?? ${httpGet.port}`);
  }
  for (const { name } of env) expect(service).toContain(`process.env.${name}`);
  // Draining, requests, handlers of the processor, and both stores.
  expect(terminationGracePeriodSeconds).toBeGreaterThanOrEqual(5 + 5 + 10 + 10 + 10 + 10);
  expect(readinessProbe.timeoutSeconds).toBeGreaterThan(1);
});

test("the container starts a file of the page, with a Node.js that runs TypeScript", () => {
  const dockerfile = snippets.find(({ file }) => file === "Dockerfile")?.code ?? "";
  const [, command = "[]"] = /^CMD (.*)$/m.exec(dockerfile) ?? [];
  const [program, file] = JSON.parse(command) as readonly string[];
  expect(program).toBe("node");
  expect(page.codeOf(file ?? "")).not.toBe("");
  expect(Number(/^FROM node:(\d+)-slim$/m.exec(dockerfile)?.[1])).toBeGreaterThanOrEqual(24);
});
