import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import type { Hono } from "hono";
import { UsageError } from "./options.ts";

/** Listens on loopback only. Closing waits for the requests in flight. */
export async function listen({ fetch }: Hono, port: number): Promise<AsyncDisposable & { readonly url: string }> {
  const server = serve({ fetch, port, hostname: "127.0.0.1" }) as Server;
  await once(server, "listening").catch((error) => {
    throw error.code === "EADDRINUSE" ? new UsageError(`port ${port} is in use; choose another one`) : error;
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      const late = setTimeout(() => server.closeAllConnections(), 3_000);
      await once(server, "close");
      clearTimeout(late);
    },
  };
}
