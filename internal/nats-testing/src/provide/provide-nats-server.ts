import type { StartNatsServerOptions } from "../server/nats-server.ts";
import { startNatsServer } from "../server/start-nats-server.ts";
import { readGreeting } from "./greeting.ts";
import { NatsServerUnreachableError } from "./nats-server-unreachable-error.ts";

/** How to start a server, if one has to be started. */
export interface ProvideNatsServerOptions extends StartNatsServerOptions {
  /** How long a server that `NATS_URL` names may take to answer. @default 5000 */
  readonly answerTimeoutMs?: number;
}

/** A server that answers, whoever started it. */
export interface ProvidedNatsServer {
  /** `NATS_URL` as it is, or that of the server that was started. */
  readonly url: string;
  readonly version: string;
  /** Stops the server if it was started here; leaves one that `NATS_URL` names alone. */
  close(): Promise<void>;
  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * The server for a suite of tests: the running one that `NATS_URL` names, otherwise one started for it. Such a server may
 * hold the data of others: a suite takes names that nobody else has, and one that needs a server to itself, or one with
 * certain options, calls `startNatsServer`. Without a server it throws, so that the suite fails; skipping would hide that
 * nothing was tested.
 *
 * @throws {NatsServerUnreachableError} `NATS_SERVER_UNREACHABLE`: nothing answers at `NATS_URL`
 * @throws what `startNatsServer` throws, where `NATS_URL` is not set
 * @example
 * ```ts
 * let server: ProvidedNatsServer;
 * beforeAll(async () => { server = await provideNatsServer(); }, 300_000);
 * afterAll(() => server.close());
 * ```
 */
export async function provideNatsServer(options: ProvideNatsServerOptions = {}): Promise<ProvidedNatsServer> {
  const named = process.env.NATS_URL;
  if (named === undefined || named === "") {
    const server = await startNatsServer(options);
    return provided(server.url, server.version, () => server.stop());
  }
  const { answerTimeoutMs: timeoutMs = 5_000, signal } = options;
  try {
    return provided(named, await readGreeting(named, { timeoutMs, signal }), async () => {});
  } catch (error) {
    signal?.throwIfAborted();
    throw new NatsServerUnreachableError(named, error);
  }
}

function provided(url: string, version: string, close: () => Promise<void>): ProvidedNatsServer {
  return { url, version, close, [Symbol.asyncDispose]: close };
}
