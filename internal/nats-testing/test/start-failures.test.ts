import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { StartNatsServerOptions } from "../src/index.ts";
import { NatsServerStartError, startNatsServer } from "../src/index.ts";
import { writeScript } from "./support/fake-search.ts";
import { tempFolder } from "./support/temp-folder.ts";

/** Writes a script that imitates a server. Its temporary files and its pid are written to a folder of the test. */
async function fakeServer(body: string) {
  const folder = await tempFolder();
  const binary = await writeScript(join(folder, "nats-server"), `echo $$ > "${folder}/pid"\n${body}`);
  vi.stubEnv("TMPDIR", folder);
  const start = (options: StartNatsServerOptions = {}) => startNatsServer({ binary, ...options });
  const started = () => vi.waitFor(async () => Number(await readFile(join(folder, "pid"), "utf8")) || Promise.reject());
  const leftovers = async () => (await readdir(folder)).filter((name) => name.startsWith("aether-nats-"));
  return { folder, binary, start, started, leftovers };
}

const failureOf = (starting: Promise<unknown>): Promise<NatsServerStartError> =>
  starting.then(
    () => expect.unreachable("it started"),
    (error: unknown) => {
      expect(error).toBeInstanceOf(NatsServerStartError);
      return error as NatsServerStartError;
    },
  );

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const ready =
  'echo "[1] [INF] Listening for client connections on 127.0.0.1:4321" >&2; echo "[1] [INF] Server is ready" >&2';

describe("startNatsServer, if the server does not start", () => {
  it("reports the exit code and the end of the log", async () => {
    const { binary, start, leftovers } = await fakeServer('echo "starting" >&2; printf "panic: no" >&2; exit 2');
    const error = await failureOf(start());
    expect(error).toMatchObject({ code: "NATS_SERVER_START_FAILED", binary, exitCode: 2 });
    expect(error.log).toEqual(["starting", "panic: no"]);
    expect(error.message).toBe(
      `${binary} did not start: it exited with code 2. The end of its log:\nstarting\npanic: no`,
    );
    expect(await leftovers()).toEqual([]);
  });

  it("reports the signal that killed the server", async () => {
    const { start } = await fakeServer("kill -KILL $$");
    const error = await failureOf(start());
    expect(error.message).toMatch(/it was killed by SIGKILL\. It logged nothing\.$/);
    expect(error.exitCode).toBeNull();
  });

  it("kills a server that is not ready in time", async () => {
    const { start, started, leftovers } = await fakeServer("echo thinking >&2; exec sleep 60");
    const error = await failureOf(start({ startTimeoutMs: 300 }));
    expect(error.message).toMatch(/it was not ready within 300 ms\. The end of its log:\nthinking$/);
    expect(isRunning(await started())).toBe(false);
    expect(await leftovers()).toEqual([]);
  });

  it("kills the server when the signal aborts, and rejects with its reason", async () => {
    const { start, started, leftovers } = await fakeServer("exec sleep 60");
    const reason = new Error("enough");
    const controller = new AbortController();
    const starting = start({ signal: controller.signal });
    const pid = await started();
    controller.abort(reason);
    await expect(starting).rejects.toBe(reason);
    expect(isRunning(pid)).toBe(false);
    expect(await leftovers()).toEqual([]);
    await expect(start({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it("rejects after an abort even if the server was already ready", async () => {
    const { folder, start, started } = await fakeServer(
      `while [ ! -e "$(dirname $0)/go" ]; do sleep 0.01; done; ${ready}; touch "$(dirname $0)/done"; exec sleep 60`,
    );
    const reason = new Error("enough");
    const controller = new AbortController();
    const starting = start({ signal: controller.signal });
    const pid = await started();
    writeFileSync(join(folder, "go"), "");
    // This blocks the event loop, so the output of the server is read only after the abort.
    while (!existsSync(join(folder, "done"))) spawnSync("sleep", ["0.01"]);
    controller.abort(reason);
    await expect(starting).rejects.toBe(reason);
    expect(isRunning(pid)).toBe(false);
  });

  it("reports that there is no such program", async () => {
    const error = await failureOf(startNatsServer({ binary: "/nonexistent/nats-server" }));
    expect(error.message).toMatch(
      /exited with code 127\. The end of its log:\n.*\/nonexistent\/nats-server: not found/,
    );
  });

  it("reports the error that the server logs about an invalid configuration", async () => {
    const error = await failureOf(startNatsServer({ config: "max_payload {" }));
    expect(error.message).toMatch(/Parse error/);
  });

  it("reports that the port is in use", async () => {
    const occupant = createServer();
    await new Promise<void>((listening) => occupant.listen(0, "127.0.0.1", listening));
    const address = occupant.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const error = await failureOf(startNatsServer({ port }));
    occupant.close();
    expect(error.message).toMatch(/address already in use/);
  });

  it.each([0, -1, 65_536, 1.5, Number.NaN])("rejects %d as a port before it starts anything", async (port) => {
    await expect(startNatsServer({ port, binary: "/nonexistent" })).rejects.toThrow(RangeError);
  });
});

describe("stop", () => {
  it("kills a server that does not end after SIGTERM", async () => {
    const { start, leftovers } = await fakeServer(`trap '' TERM; ${ready}; while :; do sleep 1; done`);
    const server = await start({ stopTimeoutMs: 100 });
    expect(isRunning(server.pid)).toBe(true);
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
    expect(await leftovers()).toEqual([]);
  });
});
