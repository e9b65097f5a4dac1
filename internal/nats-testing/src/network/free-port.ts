import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/**
 * Returns a port on 127.0.0.1 that was free at the time of the call, for programs that cannot pick a port themselves.
 */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
