/** Options of `startNatsServer`. */
export interface StartNatsServerOptions {
  /** Port to listen on. @default a free port, picked by the server */
  readonly port?: number;
  /**
   * Folder of JetStream's files; created if missing, never removed.
   * @default a temporary folder, removed by `stop()`
   */
  readonly storeDir?: string;
  /**
   * Additional configuration in the server's syntax, such as `"max_payload: 65536"`; not host, port or store directory.
   */
  readonly config?: string;
  /** @default true */
  readonly jetStream?: boolean;
  /** Time limit until the server is ready, without the time to find or install it. @default 20000 */
  readonly startTimeoutMs?: number;
  /** Time that `stop()` waits for a graceful end before it kills the server. @default 5000 */
  readonly stopTimeoutMs?: number;
  /** Path of the nats-server to run. @default the one that `findNatsServer` finds */
  readonly binary?: string;
  /** Aborts the search and the start; kills a server that is not ready yet. Without effect afterwards. */
  readonly signal?: AbortSignal | undefined;
}

/** A nats-server that ends with this process, even if that is killed. */
export interface NatsServer {
  /** `nats://127.0.0.1:<port>`; the same after a restart. */
  readonly url: string;
  readonly port: number;
  /** Process id of the current or the last run. */
  readonly pid: number;
  /** Version that the server logs, such as `"2.15.2"`. */
  readonly version: string;
  readonly storeDir: string;
  /** Port for the other servers of its cluster, once it listens for them; changes with every run. */
  readonly routePort: number | undefined;
  readonly running: boolean;
  /** Returns the last 500 lines of the log of all runs, oldest first. */
  log(): readonly string[];
  /** Stops the server, by force after `stopTimeoutMs`, and removes a temporary store unless `keepStore` is true. */
  stop(options?: { readonly keepStore?: boolean }): Promise<void>;
  /** Kills the server like a crash (SIGKILL). The store is kept for `restart()`. */
  kill(): Promise<void>;
  /**
   * Starts the server again with the same port and store after `kill()`, a crash or `stop()`; a running server is
   * stopped first. If `stop()` removed a temporary store, the server starts with an empty one.
   *
   * @throws {NatsServerStartError} `NATS_SERVER_START_FAILED`: for example if another program now uses the port
   */
  restart(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  /**
   * Freezes the server (SIGSTOP). Once this resolves, connections are open but the server answers nothing. Rejects if
   * the server is not running, and on Windows.
   */
  suspend(): Promise<void>;
  /** Resumes a suspended server (SIGCONT); does nothing if it is running or has ended. Throws on Windows. */
  resume(): void;
  /** The same as `stop()`. */
  [Symbol.asyncDispose](): Promise<void>;
}
