import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import type { Hono } from "hono";

/** Listens on loopback only. Closing waits for the requests in flight. */
export async function listen({ fetch }: Hono, port = Number(process.env.PORT ?? 8080)) {
  const server = serve({ fetch, port, hostname: "127.0.0.1" }) as Server;
  await once(server, "listening");
  const close = async (): Promise<void> => {
    server.close();
    setTimeout(() => server.closeAllConnections(), 3_000).unref();
    await once(server, "close");
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, [Symbol.asyncDispose]: close };
}
