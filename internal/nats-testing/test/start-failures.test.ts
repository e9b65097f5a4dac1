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

/** A server made of a script; where its temporary files go, and the pid that it had. */
async function fakeServer(body: string) {
  const folder = await tempFolder();
  const binary = await writeScript(join(folder, "nats-server"), `echo $$ > "${folder}/pid"\n${body}`);
  vi.stubEnv("TMPDIR", folder);
  const start = (options: StartNatsServerOptions = {}) => startNatsServer({ binary, ...options });
  const begun = () => vi.waitFor(async () => Number(await readFile(join(folder, "pid"), "utf8")) || Promise.reject());
  const leftovers = async () => (await readdir(folder)).filter((name) => name.startsWith("aether-nats-"));
  return { folder, binary, start, begun, leftovers };
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

describe("startNatsServer, when the server does not come up", () => {
  it("tells its exit code and its last words", async () => {
    const { binary, start, leftovers } = await fakeServer('echo "starting" >&2; printf "panic: no" >&2; exit 2');
    const error = await failureOf(start());
    expect(error).toMatchObject({ code: "NATS_SERVER_START_FAILED", binary, exitCode: 2 });
    expect(error.log).toEqual(["starting", "panic: no"]);
    expect(error.message).toBe(`${binary} did not start: it exited with code 2. Its last words:\nstarting\npanic: no`);
    expect(await leftovers()).toEqual([]);
  });

  it("tells the signal that killed it", async () => {
    const { start } = await fakeServer("kill -KILL $$");
    const error = await failureOf(start());
    expect(error.message).toMatch(/it was killed by SIGKILL\. It logged nothing\.$/);
    expect(error.exitCode).toBeNull();
  });

  it("kills one that is not ready in time", async () => {
    const { start, begun, leftovers } = await fakeServer("echo thinking >&2; exec sleep 60");
    const error = await failureOf(start({ startTimeoutMs: 300 }));
    expect(error.message).toMatch(/it was not ready within 300 ms\. Its last words:\nthinking$/);
    expect(isRunning(await begun())).toBe(false);
    expect(await leftovers()).toEqual([]);
  });

  it("kills one when the signal aborts, and rejects with its reason", async () => {
    const { start, begun, leftovers } = await fakeServer("exec sleep 60");
    const reason = new Error("enough");
    const controller = new AbortController();
    const starting = start({ signal: controller.signal });
    const pid = await begun();
    controller.abort(reason);
    await expect(starting).rejects.toBe(reason);
    expect(isRunning(pid)).toBe(false);
    expect(await leftovers()).toEqual([]);
    await expect(start({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it("rejects also when it hears only after the abort that the server had become ready", async () => {
    const { folder, start, begun } = await fakeServer(
      `while [ ! -e "$(dirname $0)/go" ]; do sleep 0.01; done; ${ready}; touch "$(dirname $0)/done"; exec sleep 60`,
    );
    const reason = new Error("enough");
    const controller = new AbortController();
    const starting = start({ signal: controller.signal });
    const pid = await begun();
    writeFileSync(join(folder, "go"), "");
    // Nothing is heard meanwhile: no event gets its turn.
    while (!existsSync(join(folder, "done"))) spawnSync("sleep", ["0.01"]);
    controller.abort(reason);
    await expect(starting).rejects.toBe(reason);
    expect(isRunning(pid)).toBe(false);
  });

  it("tells that there is no such program", async () => {
    const error = await failureOf(startNatsServer({ binary: "/nonexistent/nats-server" }));
    expect(error.message).toMatch(/exited with code 127\. Its last words:\n.*\/nonexistent\/nats-server: not found/);
  });

  it("shows what the server says about wrong configuration", async () => {
    const error = await failureOf(startNatsServer({ config: "max_payload {" }));
    expect(error.message).toMatch(/Parse error/);
  });

  it("tells that the port is taken", async () => {
    const occupant = createServer();
    await new Promise<void>((listening) => occupant.listen(0, "127.0.0.1", listening));
    const address = occupant.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const error = await failureOf(startNatsServer({ port }));
    occupant.close();
    expect(error.message).toMatch(/address already in use/);
  });

  it.each([0, -1, 65_536, 1.5, Number.NaN])("refuses %d as a port before anything is done", async (port) => {
    await expect(startNatsServer({ port, binary: "/nonexistent" })).rejects.toThrow(RangeError);
  });
});

describe("stop", () => {
  it("kills a server that does not end by itself", async () => {
    const { start, leftovers } = await fakeServer(`trap '' TERM; ${ready}; while :; do sleep 1; done`);
    const server = await start({ stopTimeoutMs: 100 });
    expect(isRunning(server.pid)).toBe(true);
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
    expect(await leftovers()).toEqual([]);
  });
});
