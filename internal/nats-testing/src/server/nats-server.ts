/** Options of `startNatsServer`. */
export interface StartNatsServerOptions {
  /** Port to listen on. @default a free port, picked by the server */
  readonly port?: number;
  /**
   * Folder for JetStream's files. It is created if it is missing, and is never removed.
   * @default a temporary folder, which `stop()` removes
   */
  readonly storeDir?: string;
  /**
   * Additional configuration in the server's syntax, such as `"max_payload: 65536"`. It cannot set the host, the port
   * or the store directory.
   */
  readonly config?: string;
  /** @default true */
  readonly jetStream?: boolean;
  /** Time in milliseconds within which a started server must be ready. @default 20000 */
  readonly startTimeoutMs?: number;
  /** Time in milliseconds that `stop()` waits for a graceful end before it kills the server. @default 5000 */
  readonly stopTimeoutMs?: number;
  /** Path of the nats-server to run. @default the path that `findNatsServer` finds */
  readonly binary?: string;
  /** Aborts the search and the start, and kills a server that is not ready yet. Has no effect afterwards. */
  readonly signal?: AbortSignal | undefined;
}

/** A nats-server that ends with this process, except on Windows, even if this process is killed. */
export interface NatsServer {
  /** `nats://127.0.0.1:<port>`. It stays the same after a restart. */
  readonly url: string;
  readonly port: number;
  /** Process id of the current or the last run. */
  readonly pid: number;
  /** Version that the server logs, such as `"2.15.2"`. */
  readonly version: string;
  readonly storeDir: string;
  /** Port for the other servers of a cluster. Undefined until the server listens on it. It changes with every run. */
  readonly routePort: number | undefined;
  /**
   * Port for leaf nodes, if the configuration has `leafnodes { listen: "127.0.0.1:-1" }`. Undefined until the server
   * listens on it. It changes with every run.
   */
  readonly leafPort: number | undefined;
  readonly running: boolean;
  /** Returns the last 500 log lines of all runs, oldest first. */
  log(): readonly string[];
  /** Stops the server, and kills it after `stopTimeoutMs`. Removes a temporary store unless `keepStore` is true. */
  stop(options?: { readonly keepStore?: boolean }): Promise<void>;
  /** Kills the server with SIGKILL, like a crash. Keeps the store for `restart()`. */
  kill(): Promise<void>;
  /**
   * Starts the server again with the same port and store, after `kill()`, a crash or `stop()`. Stops a running server
   * first. If `stop()` has removed a temporary store, the server starts with an empty store.
   *
   * @throws {NatsServerStartError} `NATS_SERVER_START_FAILED`: for example, another program now uses the port
   */
  restart(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  /**
   * Freezes the server (SIGSTOP). Once this resolves, connections are open but the server answers nothing. Rejects if
   * the server is not running or does not freeze within 5 seconds, and on Windows.
   */
  suspend(): Promise<void>;
  /** Resumes a suspended server (SIGCONT); does nothing if it is running or has ended. Throws on Windows. */
  resume(): void;
  /** Calls `stop()`. */
  [Symbol.asyncDispose](): Promise<void>;
}
