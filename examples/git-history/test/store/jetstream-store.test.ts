import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProvidedNatsServer, provideNatsServer, startNatsServer } from "@aether/nats-testing";
import { connect, type NatsConnection } from "nats";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { runDemo, startDemo } from "../support/demo.ts";
import { commitLine } from "../support/history.ts";

// A run takes seconds. The first installation of a server may take minutes.
vi.setConfig({ testTimeout: 120_000 });

let server: ProvidedNatsServer;
let connection: NatsConnection;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "aether-git-history-"));
  server = await provideNatsServer();
  connection = await connect({ servers: server.url });
}, 300_000);
afterAll(async () => {
  await connection?.close();
  await server?.close();
  rmSync(folder, { recursive: true });
});

const exact = {
  events: 12_912,
  actors: 1_831,
  commits: 915,
  files: 750,
  mismatches: 0,
  folderMismatches: 0,
  store: "jetstream",
};

/** Writes a log with 20 changes to one path, and returns the options to read the log. */
function smallInput(): readonly string[] {
  const [log, expected] = [join(folder, "small.log"), join(folder, "small.tsv")];
  const commits = Array.from({ length: 20 }, (_, index) => `${commitLine(index)}\n\n1\t0\ta`);
  writeFileSync(log, `${commits.join("\n")}\n`);
  writeFileSync(expected, "20\t0\ta\n");
  return ["--log", log, "--expected", expected];
}

/** Returns the names of the streams and buckets that runs created, and the number of messages in each. */
async function runStreams(): Promise<ReadonlyMap<string, number>> {
  const manager = await connection.jetstreamManager();
  const streams = (await manager.streams.list().next()).map(
    ({ config, state }) => [config.name, state.messages] as const,
  );
  return new Map(streams.filter(([name]) => /^(?:KV_)?git-history-/.test(name)));
}

function childrenOf(pid: number | undefined): readonly number[] {
  const processes = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  return processes
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));
}

/** Starts a run with four writers and waits for the first stored event. */
async function startWriters() {
  const demo = startDemo(["--json", "--store", "jetstream", "--server", server.url, "--writers", "4"]);
  onTestFinished(() => void demo.child.kill("SIGKILL"));
  const appending = vi.waitFor(
    async () => {
      const counts = [...(await runStreams())].map(([name, messages]) => (name.startsWith("KV_") ? 0 : messages));
      expect(Math.max(0, ...counts)).toBeGreaterThan(0);
    },
    { timeout: 60_000, interval: 20 },
  );
  const tooEarly = demo.ended.then(({ stderr }) => {
    throw new Error(`the run ended early: ${stderr}`);
  });
  await Promise.race([appending, tooEarly]);
  tooEarly.catch(() => {});
  appending.catch(() => {});
  const writers = childrenOf(demo.child.pid);
  expect(writers).toHaveLength(4);
  return { ...demo, writers };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("a run on JetStream", () => {
  it.each(["nats", "nats-io"])("is exact with four competing processes and the client %s", async (client) => {
    const args = ["--json", "--store", "jetstream", "--client", client, "--server", server.url, "--writers", "4"];
    const { code, stdout, stderr } = await runDemo(args);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ ...exact, client, writers: 4 });
    expect(result.conflicts).toBeGreaterThan(0);
    expect(result.conflictsResolved).toBe(result.conflicts);
    expect(await runStreams()).toEqual(new Map());
  });

  it("is exact with one writer on the server from NATS_URL", async () => {
    const { code, stdout, stderr } = await runDemo(["--json", "--store", "jetstream"], { NATS_URL: server.url });
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ...exact, conflicts: 0, writers: 1 });
    expect(await runStreams()).toEqual(new Map());
  });

  it.each(["nats", "nats-io"])("reads user and password from the URL, with the client %s", async (client) => {
    await using guarded = await startNatsServer({ config: 'authorization { user: "me", password: "s@cret" }' });
    const url = guarded.url.replace("//", "//me:s%40cret@");
    const args = ["--json", "--store", "jetstream", "--client", client, "--server", url, "--writers", "2"];
    const { code, stdout, stderr } = await runDemo([...args, ...smallInput()]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ events: 20, mismatches: 0 });
    const rejected = await runDemo([...args.map((arg) => arg.replace("s%40cret", "wrong")), ...smallInput()]);
    expect([rejected.code, rejected.stdout]).toEqual([1, ""]);
    expect(rejected.stderr).toMatch(/cannot connect .*authorization/i);
    expect(rejected.stderr).not.toContain("wrong");
  });

  it("starts a temporary server if none is given, and removes its files", async () => {
    const temporary = mkdtempSync(join(folder, "server-"));
    const { code, stdout, stderr } = await runDemo(["--json", "--store", "jetstream"], { TMPDIR: temporary });
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject(exact);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("prints no result and leaves no stream and no process when it is interrupted", async () => {
    const { child, ended, writers } = await startWriters();
    child.kill("SIGINT");
    const { code, signal, stdout, stderr } = await ended;
    expect([code, signal, stdout]).toEqual([null, "SIGINT", ""]);
    expect(stderr).toBe("git-history: stopped by SIGINT\n");
    expect(writers.filter(isRunning)).toEqual([]);
    expect(await runStreams()).toEqual(new Map());
  });

  it("fails if a writer is killed, stops the other writers and deletes the stream", async () => {
    const { ended, writers } = await startWriters();
    process.kill(writers[2] ?? 0, "SIGKILL");
    const { code, stdout, stderr } = await ended;
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^git-history: writer \d of 4 /);
    expect(writers.filter(isRunning)).toEqual([]);
    expect(await runStreams()).toEqual(new Map());
  });
});
