/** How to start a server. */
export interface StartNatsServerOptions {
  /** The port to listen on. @default one that is free, picked by the server itself */
  readonly port?: number;
  /** Where JetStream keeps its files; created if missing, never removed. @default a temporary folder, removed by `stop()` */
  readonly storeDir?: string;
  /**
   * More configuration in the server's own syntax, such as `"max_payload: 65536"`. It cannot set what is set here: host,
   * port and store directory.
   */
  readonly config?: string;
  /** @default true */
  readonly jetStream?: boolean;
  /** How long the server may take until it is ready, not counting the time to find or install it. @default 20000 */
  readonly startTimeoutMs?: number;
  /** How long `stop()` waits for a graceful end before it kills. @default 5000 */
  readonly stopTimeoutMs?: number;
  /** The path of the nats-server to run. @default what `findNatsServer` finds */
  readonly binary?: string;
  /** Aborts finding and starting; a server that was already begun is killed. Without effect once it is ready. */
  readonly signal?: AbortSignal;
}

/** A running nats-server that ends with this process, however that ends. */
export interface NatsServer {
  /** `nats://127.0.0.1:<port>`; stays the same over restarts. */
  readonly url: string;
  readonly port: number;
  /** Of the current run, or the last one. */
  readonly pid: number;
  /** As the server itself says: `"2.15.2"`. */
  readonly version: string;
  readonly storeDir: string;
  /** Where other servers of its cluster connect, once it listens for them; changes with every run. */
  readonly routePort: number | undefined;
  readonly running: boolean;
  /** The last 500 lines of the server's log, over all its runs, oldest first. */
  log(): readonly string[];
  /** Ends the server gracefully, by force after a while, and removes a temporary store unless told to keep it. */
  stop(options?: { readonly keepStore?: boolean }): Promise<void>;
  /** Ends the server as a crash would (SIGKILL). The store is kept for `restart()`. */
  kill(): Promise<void>;
  /**
   * Starts it again on the same port and store, after `kill()`, a crash, or `stop()`; one that is running is first ended
   * gracefully. After a `stop()` that removed a temporary store it begins with an empty one.
   *
   * @throws {NatsServerStartError} `NATS_SERVER_START_FAILED`: for instance because another program took the port
   */
  restart(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Freezes the server (SIGSTOP): connections stay open, nothing answers any more once this resolves. Rejects if the server
   * is not running, and on Windows.
   */
  suspend(): Promise<void>;
  /** Lets a suspended server go on (SIGCONT); does nothing if it does or has ended. Throws on Windows. */
  resume(): void;
  /** The same as `stop()`. */
  [Symbol.asyncDispose](): Promise<void>;
}
