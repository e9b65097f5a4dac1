import { resolve } from "node:path";
import { NatsServerNotFoundError } from "./nats-server-not-found-error.ts";
import { readVersion } from "./read-version.ts";
import type { FoundNatsServer, Search } from "./search.ts";

/** What `NATS_SERVER_BIN` names. A name that does not run is an error: whoever set it does not want another server. */
export async function fromEnvironment(search: Search): Promise<FoundNatsServer | undefined> {
  const named = search.env.NATS_SERVER_BIN;
  if (named === undefined || named === "") return undefined;
  const path = resolve(named);
  try {
    return { path, source: "environment", version: await readVersion(path, search) };
  } catch (cause) {
    search.signal?.throwIfAborted();
    throw new NatsServerNotFoundError([{ step: "NATS_SERVER_BIN", cause }]);
  }
}
