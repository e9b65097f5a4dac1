import { createServer, type Socket } from "node:net";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { NatsServerUnreachableError, provideNatsServer, startNatsServer } from "../src/index.ts";

/** Starts a TCP server that is not a nats-server, and returns its address. */
async function listen(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on("error", () => {}));
    onConnection(socket);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}

const info = 'INFO {"server_id":"X","version":"2.10.1","port":4222} \r\n';

beforeEach(() => vi.stubEnv("NATS_URL", undefined));

describe("provideNatsServer", () => {
  it("starts a server if NATS_URL is not set, and stops it on close", async () => {
    const server = await provideNatsServer();
    expect(server.version).toMatch(/^\d+\.\d+\.\d+/);
    vi.stubEnv("NATS_URL", server.url);
    await expect(provideNatsServer()).resolves.toMatchObject({ url: server.url, version: server.version });
    await server.close();
    await expect(provideNatsServer()).rejects.toThrow(NatsServerUnreachableError);
  });

  it("uses the server that NATS_URL names, and never stops it", async () => {
    const running = await startNatsServer();
    onTestFinished(() => running.stop());
    vi.stubEnv("NATS_URL", running.url);
    const provided = await provideNatsServer({ binary: "/nonexistent" });
    expect(provided).toMatchObject({ url: running.url, version: running.version });
    await provided.close();
    await provided[Symbol.asyncDispose]();
    expect(running.running).toBe(true);
  });

  it.each(["", "nats://", "tls://", "nats://user:secret@"])(
    "accepts an address that begins with '%s'",
    async (prefix) => {
      const address = await listen((socket) => socket.write(info));
      vi.stubEnv("NATS_URL", prefix + address);
      expect(await provideNatsServer()).toMatchObject({ url: prefix + address, version: "2.10.1" });
    },
  );

  it("accepts an INFO message that arrives in pieces", async () => {
    const address = await listen((socket) => {
      socket.setNoDelay().write(info.slice(0, 20), () => setImmediate(() => socket.write(info.slice(20))));
    });
    vi.stubEnv("NATS_URL", address);
    expect(await provideNatsServer()).toMatchObject({ version: "2.10.1" });
  });

  it.each([
    ["refuses the connection", () => "127.0.0.1:1", /ECONNREFUSED/],
    ["sends nothing", () => listen(() => {}), /it sent nothing within 100 ms/],
    ["closes the connection", () => listen((socket) => socket.end()), /not a nats-server/],
    [
      "is another kind of server",
      () => listen((socket) => socket.write("HTTP/1.1 400 Bad Request\r\n")),
      /not a nats-server/,
    ],
    ["has another protocol", () => "http://127.0.0.1:1", /http:\/\/ is not supported/],
    ["is a list of servers", () => "nats://a:1,nats://b:2", /not the URL of one server/],
  ])("fails if the server that NATS_URL names %s", async (_case, address, why) => {
    vi.stubEnv("NATS_URL", await address());
    const providing = provideNatsServer({ answerTimeoutMs: 100 });
    await expect(providing).rejects.toMatchObject({ code: "NATS_SERVER_UNREACHABLE", message: why });
  });

  it("keeps user and password out of its error", async () => {
    vi.stubEnv("NATS_URL", "nats://user:pa/ss@127.0.0.1:1");
    const error: unknown = await provideNatsServer().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ url: "nats://127.0.0.1:1" });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("pa/ss");
  });

  it("rejects with the reason of its signal", async () => {
    const reason = new Error("enough");
    const controller = new AbortController();
    vi.stubEnv("NATS_URL", await listen(() => controller.abort(reason)));
    await expect(provideNatsServer({ signal: controller.signal })).rejects.toBe(reason);
    await expect(provideNatsServer({ signal: controller.signal })).rejects.toBe(reason);
  });
});
