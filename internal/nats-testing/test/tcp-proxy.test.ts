import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { startTcpProxy, type TcpProxy } from "../src/index.ts";

interface Route {
  readonly proxy: TcpProxy;
  /** Opens a connection through the proxy and returns both ends. */
  dial(): Promise<{ readonly client: Socket; readonly server: Socket }>;
}

async function route(): Promise<Route> {
  const listener = createServer();
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const proxy = await startTcpProxy(() => (listener.address() as AddressInfo).port);
  const sockets: Socket[] = [];
  onTestFinished(async () => {
    await proxy.close();
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  return {
    proxy,
    dial: async () => {
      const accepted = once(listener, "connection");
      const client = connect(proxy.port, "127.0.0.1");
      client.on("error", () => {});
      const [server] = (await accepted) as [Socket];
      server.on("error", () => {});
      sockets.push(client, server);
      return { client, server };
    },
  };
}

const next = async (socket: Socket): Promise<string> => String((await once(socket, "data"))[0]);

/** Resolves when the socket is closed in any way. */
const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once("close", () => resolve()));

describe("a TCP proxy", () => {
  it("forwards data in both directions", async () => {
    const { dial, proxy } = await route();
    const { client, server } = await dial();
    client.write("ping");
    expect(await next(server)).toBe("ping");
    server.write("pong");
    expect(await next(client)).toBe("pong");
    expect(proxy.connections).toBe(1);
    expect(proxy.url).toBe(`nats://127.0.0.1:${proxy.port}`);
  });

  it("ends one side when the other ends", async () => {
    const { dial, proxy } = await route();
    const { client, server } = await dial();
    const ended = closed(server);
    server.resume();
    client.end();
    await ended;
    expect(proxy.connections).toBe(0);
  });

  it("resets existing and new connections after refuse(), until pass() is called", async () => {
    const { dial, proxy } = await route();
    const { client } = await dial();
    const reset = closed(client);
    proxy.refuse();
    await reset;
    const late = connect(proxy.port, "127.0.0.1");
    late.on("error", () => {});
    await closed(late);
    proxy.pass();
    const again = await dial();
    again.client.write("again");
    expect(await next(again.server)).toBe("again");
  });

  it("forwards nothing after stall(), and loses nothing", async () => {
    const { dial, proxy } = await route();
    const { client, server } = await dial();
    proxy.stall();
    let received = "";
    server.on("data", (data) => {
      received += String(data);
    });
    await new Promise<void>((written) => client.write("kept", () => written()));
    const { client: other, server: otherServer } = await dial();
    other.write("kept, too");
    await new Promise((resolve) => setImmediate(resolve));
    expect(received).toBe("");
    proxy.pass();
    expect(await next(otherServer)).toBe("kept, too");
    while (received !== "kept") await once(server, "data");
  });

  it("cuts connections in the middle of the next message, and forwards new connections", async () => {
    const { dial, proxy } = await route();
    const { client, server } = await dial();
    proxy.cutMidMessage();
    let received = "";
    server.on("data", (data) => {
      received += String(data);
    });
    const ended = closed(server);
    client.write("12345678");
    await ended;
    expect(received).toBe("1234");
    const again = await dial();
    again.client.write("again");
    expect(await next(again.server)).toBe("again");
  });

  it("resets a connection if there is no target", async () => {
    const proxy = await startTcpProxy(() => undefined);
    onTestFinished(() => proxy.close());
    const client = connect(proxy.port, "127.0.0.1");
    client.on("error", () => {});
    await closed(client);
    await Promise.all([proxy.close(), proxy.close()]);
  });
});
