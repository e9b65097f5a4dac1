import { NatsServerUnreachableError } from "../errors.ts";
import type { StartNatsServerOptions } from "../server/nats-server.ts";
import { startNatsServer } from "../server/start-nats-server.ts";
import { readServerVersion } from "./read-server-version.ts";

/** Options of `provideNatsServer`; most apply only if it starts a server. */
export interface ProvideNatsServerOptions extends StartNatsServerOptions {
  /** Time limit for the first answer of the server that `NATS_URL` names. @default 5000 */
  readonly answerTimeoutMs?: number;
}

/** A running server: the one that `NATS_URL` names, or one started for the caller. */
export interface ProvidedNatsServer {
  /** The value of `NATS_URL`, or the address of the started server. */
  readonly url: string;
  readonly version: string;
  /** Stops the server if it was started for the caller. */
  close(): Promise<void>;
  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Provides the server for a suite of tests: the running one that `NATS_URL` names, otherwise a new one. A running
 * server may contain other data, so a suite uses unique names. A suite that needs a server of its own, or special
 * options, calls `startNatsServer`. Without a server it rejects and the suite fails: skipping would hide that nothing
 * was tested.
 *
 * @throws {NatsServerUnreachableError} `NATS_SERVER_UNREACHABLE`: no nats-server answers at `NATS_URL`
 * @throws the errors of `startNatsServer`, if `NATS_URL` is not set
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
