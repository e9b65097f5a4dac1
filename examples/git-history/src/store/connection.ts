import type { NatsConnection } from "@aether/store-jetstream";
import type { Client } from "./run-store.ts";

/** A connection from either client. Besides the store, this example itself calls the two methods. */
export interface Connection extends NatsConnection {
  request(subject: string, payload?: Uint8Array, options?: { timeout: number }): Promise<{ readonly data: Uint8Array }>;
  close(): Promise<void>;
}

const connectTimeoutMs = 5_000;

/** Connects with the given client, and loads only this client. The URL may contain `user:password@` or `token@`. */
export async function connectTo(client: Client, url: string): Promise<Connection> {
  const { connect } = client === "nats" ? await import("nats") : await import("@nats-io/transport-node");
  try {
    const servers = withoutCredentials(url);
    return await connect({ servers, timeout: connectTimeoutMs, name: "aether git-history", ...credentialsIn(url) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot connect to ${withoutCredentials(url)} with the client ${client}: ${reason}`, {
      cause: error,
    });
  }
}

/** Removes user, password or token from a server's URL, so that the URL can be shown. */
export function withoutCredentials(url: string): string {
  return url.replace(/^([a-z]+:\/\/)?.*@/, "$1");
}

// Neither client reads credentials from the URL, so they are passed as options.
function credentialsIn(
  url: string,
): { readonly user: string; readonly pass: string } | { readonly token: string } | undefined {
  const [, user, pass] = /^(?:[a-z]+:\/\/)?([^/:@]+)(?::([^/@]*))?@/.exec(url) ?? [];
  if (user === undefined) return undefined;
  const text = decodeURIComponent(user);
  return pass === undefined ? { token: text } : { user: text, pass: decodeURIComponent(pass) };
}
