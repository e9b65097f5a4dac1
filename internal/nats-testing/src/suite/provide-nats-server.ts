import { NatsServerUnreachableError } from "../errors.ts";
import type { StartNatsServerOptions } from "../server/nats-server.ts";
import { startNatsServer } from "../server/start-nats-server.ts";
import { readServerVersion } from "./read-server-version.ts";

/** Options of `provideNatsServer`. Most of them apply only if it starts a server. */
export interface ProvideNatsServerOptions extends StartNatsServerOptions {
  /** Time limit in milliseconds for the first answer from the server at `NATS_URL`. @default 5000 */
  readonly answerTimeoutMs?: number;
}

/** A running server: the server at `NATS_URL`, or a server that was started for the caller. */
export interface ProvidedNatsServer {
  /** The value of `NATS_URL`, or the address of the started server. */
  readonly url: string;
  readonly version: string;
  /** Stops the server if it was started for the caller. */
  close(): Promise<void>;
  /** Calls `close()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Provides the server for a test suite: the server at `NATS_URL` if the variable is set, and otherwise a new server.
 * The server at `NATS_URL` may contain other data, so suites must use unique names. A suite that needs a separate
 * server or server options calls `startNatsServer` instead. If no server can be provided, this function rejects, so
 * that the suite fails. A skipped suite would hide that nothing was tested.
 *
 * @throws {NatsServerUnreachableError} `NATS_SERVER_UNREACHABLE`: no nats-server answers at `NATS_URL`
 * @throws the same errors as {@link startNatsServer} if `NATS_URL` is not set
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
    return provided(named, await readServerVersion(named, { timeoutMs, signal }), async () => {});
  } catch (error) {
    signal?.throwIfAborted();
    throw new NatsServerUnreachableError(named, error);
  }
}

function provided(url: string, version: string, close: () => Promise<void>): ProvidedNatsServer {
  return { url, version, close, [Symbol.asyncDispose]: close };
}
