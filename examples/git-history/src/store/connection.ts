import type { NatsConnection } from "@aether/store-jetstream";
import type { Client } from "../cli/options.ts";

/** What the example uses of a connection, beyond what the store does. */
export interface Connection extends NatsConnection {
  request(subject: string, payload?: Uint8Array, options?: { timeout: number }): Promise<{ readonly data: Uint8Array }>;
  close(): Promise<void>;
}

const connectTimeoutMs = 5_000;

/** Connects with one of the official clients; only that one is loaded. The URL may carry `user:password@` or `token@`. */
export async function connectTo(client: Client, url: string): Promise<Connection> {
  const { connect } = client === "nats" ? await import("nats") : await import("@nats-io/transport-node");
  try {
    const servers = withoutCredentials(url);
    return await connect({ servers, timeout: connectTimeoutMs, name: "aether git-history", ...credentialsIn(url) });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot connect to ${withoutCredentials(url)} with the client ${client}: ${why}`, { cause: error });
  }
}

/** A server's URL as it may be shown. */
export function withoutCredentials(url: string): string {
  return url.replace(/^([a-z]+:\/\/)?.*@/, "$1");
}

// Neither client takes credentials from the URL itself.
function credentialsIn(
  url: string,
): { readonly user: string; readonly pass: string } | { readonly token: string } | undefined {
  const [, user, pass] = /^(?:[a-z]+:\/\/)?([^/:@]+)(?::([^/@]*))?@/.exec(url) ?? [];
  if (user === undefined) return undefined;
  const text = decodeURIComponent(user);
  return pass === undefined ? { token: text } : { user: text, pass: decodeURIComponent(pass) };
}
