import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { connect, type NatsConnection } from "nats";
import { describe, expect, it, onTestFinished } from "vitest";
import { findNatsServer, type NatsServer, type StartNatsServerOptions, startNatsServer } from "../src/index.ts";
import { readServerVersion } from "../src/suite/read-server-version.ts";
import { tempFolder } from "./support/temp-folder.ts";

async function started(options: StartNatsServerOptions = {}): Promise<NatsServer> {
  const server = await startNatsServer(options);
  onTestFinished(() => server.stop());
  return server;
}

async function withConnection<T>(server: NatsServer, use: (connection: NatsConnection) => Promise<T>): Promise<T> {
  const connection = await connect({ servers: server.url, reconnect: false });
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}

const storeOneMessage = (server: NatsServer): Promise<void> =>
  withConnection(server, async (connection) => {
    const manager = await connection.jetstreamManager();
    await manager.streams.add({ name: "KEPT", subjects: ["kept"] });
    await connection.jetstream().publish("kept", "once");
  });

const streamSizes = (server: NatsServer): Promise<readonly number[]> =>
  withConnection(server, async (connection) => {
    const manager = await connection.jetstreamManager();
    return (await manager.streams.list().next()).map(({ state }) => state.messages);
  });

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

describe("startNatsServer", () => {
  it("starts a server with JetStream and waits until it is ready for clients", async () => {
    const server = await started();
    expect(server.url).toBe(`nats://127.0.0.1:${server.port}`);
    expect(server.version).toBe((await findNatsServer()).version);
    expect(server.running).toBe(true);
    expect(process.kill(server.pid, 0)).toBe(true);
    expect(server.log().at(-1)).toBe(server.log().find((line) => line.endsWith("Server is ready")));
    await storeOneMessage(server);
    expect(await streamSizes(server)).toEqual([1]);
  });

  it("gives each server its own port and store", async () => {
    const servers = await Promise.all([started(), started(), started()]);
    expect(new Set(servers.map(({ port }) => port)).size).toBe(3);
    expect(new Set(servers.map(({ storeDir }) => storeDir)).size).toBe(3);
  });

  it("passes additional configuration on, and starts without JetStream on request", async () => {
    const server = await started({ config: "max_payload: 65536", jetStream: false });
    await withConnection(server, async ({ info }) => {
      expect(info).toMatchObject({ max_payload: 65_536 });
      expect(info?.jetstream ?? false).toBe(false);
    });
  });

  it("accepts limits for JetStream in addition to its own settings", async () => {
    const server = await started({ config: "jetstream { max_file_store: 64MB }" });
    const account = await withConnection(server, async (connection) => {
      const manager = await connection.jetstreamManager();
      return await manager.streams.add({ name: "BIG", max_bytes: 128 * 1024 * 1024 }).catch((error: Error) => error);
    });
    expect(account).toMatchObject({ message: expect.stringMatching(/insufficient storage resources/) });
  });

  it("listens on the given port", async () => {
    const first = await started();
    await first.stop();
    const second = await started({ port: first.port });
    expect(second.port).toBe(first.port);
  });

  it("removes a temporary store when it stops, and keeps a given one", async () => {
    const temporary = await started();
    expect(await exists(temporary.storeDir)).toBe(true);
    await temporary.stop();
    expect(await exists(temporary.storeDir)).toBe(false);

    const storeDir = join(await tempFolder(), "not", "yet", "there");
    const first = await started({ storeDir });
    await storeOneMessage(first);
    await first.stop();
    expect(first.storeDir).toBe(storeDir);
    expect(await readdir(storeDir)).not.toEqual([]);
    expect(await streamSizes(await started({ storeDir }))).toEqual([1]);
  });

  it("stops gracefully, on `await using` and even on several concurrent calls to stop", async () => {
    const server = await started();
    await Promise.all([server.stop(), server.stop(), server[Symbol.asyncDispose]()]);
    expect(server.running).toBe(false);
    expect(() => process.kill(server.pid, 0)).toThrow();
    expect(server.log().at(-1)).toMatch(/Server Exiting/);
    await expect(connect({ servers: server.url, reconnect: false })).rejects.toThrow();
  });

  it("restarts on the same port with the same data after a kill", async () => {
    const server = await started();
    const { pid, port } = server;
    await storeOneMessage(server);
    await server.kill();
    expect(server.running).toBe(false);
    expect(server.log().at(-1)).not.toMatch(/Server Exiting/);
    await server.restart();
    expect(server).toMatchObject({ port, running: true });
    expect(server.pid).not.toBe(pid);
    expect(await streamSizes(server)).toEqual([1]);
  });

  it("keeps its data when it is restarted while it runs, and after a stop that kept the store", async () => {
    const server = await started();
    await storeOneMessage(server);
    await server.restart();
    expect(await streamSizes(server)).toEqual([1]);
    await server.stop({ keepStore: true });
    await server.restart();
    expect(await streamSizes(server)).toEqual([1]);
  });

  it("restarts empty after a stop that removed the store", async () => {
    const server = await started();
    await storeOneMessage(server);
    await server.stop();
    await server.restart();
    expect(await streamSizes(server)).toEqual([]);
  });

  it("notices that the server was killed by another program", async () => {
    const server = await started();
    const connection = await connect({ servers: server.url, reconnect: false });
    process.kill(server.pid, "SIGKILL");
    await connection.closed();
    await server.kill();
    expect(server.running).toBe(false);
    await expect(server.suspend()).rejects.toThrow(/not running/);
    await server.restart();
    expect(server.running).toBe(true);
  });

  it("answers nothing while it is suspended, and continues afterwards", async () => {
    const server = await started();
    await server.suspend();
    await expect(readServerVersion(server.url, { timeoutMs: 100 })).rejects.toThrow("it sent nothing within 100 ms");
    const version = readServerVersion(server.url, { timeoutMs: 10_000 });
    server.resume();
    expect(await version).toBe(server.version);
  });

  it("stops a suspended server gracefully", async () => {
    const server = await started();
    await server.suspend();
    await server.stop();
    expect(server.log().at(-1)).toMatch(/Server Exiting/);
  });

  it("is killed immediately even if it is suspended", async () => {
    const server = await started();
    await server.suspend();
    await server.kill();
    expect(server.running).toBe(false);
  });

  it("can be stopped after a restart that failed", async () => {
    const server = await started();
    await server.kill();
    const other = await started({ port: server.port });
    await expect(server.restart()).rejects.toMatchObject({ code: "NATS_SERVER_START_FAILED" });
    await other.stop();
    await server.restart();
    expect(server.running).toBe(true);
  });
});
