import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { findNatsServer } from "../find/find-nats-server.ts";
import { LogTail } from "./log-tail.ts";
import type { NatsServer, StartNatsServerOptions } from "./nats-server.ts";
import { launch, type ServerProcess } from "./server-process.ts";
import { suspend } from "./suspend.ts";

/**
 * Starts a nats-server on 127.0.0.1, by default with JetStream and on a free port. The server ends with this process,
 * except on Windows.
 *
 * @throws {NatsServerNotFoundError} `NATS_SERVER_NOT_FOUND`: no server was found, and none could be installed
 * @throws {NatsServerStartError} `NATS_SERVER_START_FAILED`: the server could not be run, exited, or was not ready in
 * time; the error has the end of its log
 * @throws {RangeError} `port` is not a port number
 * @throws `signal.reason`
 * @example
 * ```ts
 * await using server = await startNatsServer();
 * const connection = await connect({ servers: server.url });
 * ```
 */
export async function startNatsServer(options: StartNatsServerOptions = {}): Promise<NatsServer> {
  const { port, signal } = options;
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw new RangeError(`port must be an integer from 1 to 65535, not ${port}; leave it out for a free one`);
  }
  signal?.throwIfAborted();
  const binary = options.binary ?? (await findNatsServer({ signal })).path;
  const runDir = await mkdtemp(join(tmpdir(), "aether-nats-"));
  const run = new ServerRun(options, resolve(binary), runDir);
  try {
    return new RunningNatsServer(run, await run.launch(port, signal));
  } catch (error) {
    await run.removeFiles();
    throw error;
  }
}

/** Properties that all runs of a server share. */
class ServerRun {
  readonly binary: string;
  readonly storeDir: string;
  readonly stopTimeoutMs: number;
  readonly log: LogTail = new LogTail();
  readonly #options: StartNatsServerOptions;
  readonly #runDir: string;

  constructor(options: StartNatsServerOptions, binary: string, runDir: string) {
    this.binary = binary;
    this.storeDir = options.storeDir === undefined ? join(runDir, "store") : resolve(options.storeDir);
    this.stopTimeoutMs = options.stopTimeoutMs ?? 5_000;
    this.#options = options;
    this.#runDir = runDir;
  }

  async launch(port: number | undefined, signal: AbortSignal | undefined): Promise<ServerProcess> {
    const { config = "", jetStream = true, startTimeoutMs: timeoutMs = 20_000 } = this.#options;
    await mkdir(this.#runDir, { recursive: true });
    await mkdir(this.storeDir, { recursive: true });
    const configFile = join(this.#runDir, "server.conf");
    await writeFile(configFile, `${config}\n`);
    // With -1, the server picks a free port. A port that is picked here could be in use when the server listens.
    const args = ["-c", configFile, "-a", "127.0.0.1", "-p", String(port ?? -1)];
    if (jetStream) args.push("-js", "-sd", this.storeDir);
    return launch({ binary: this.binary, args, runDir: this.#runDir, timeoutMs, signal }, this.log);
  }

  async removeFiles(): Promise<void> {
    await rm(this.#runDir, { recursive: true, force: true, maxRetries: 3 });
  }
}

class RunningNatsServer implements NatsServer {
  readonly url: string;
  readonly port: number;
  readonly #run: ServerRun;
  #process: ServerProcess;
  #lastTask: Promise<unknown> = Promise.resolve();

  constructor(run: ServerRun, first: ServerProcess) {
    this.#run = run;
    this.#process = first;
    this.port = first.port;
    this.url = `nats://127.0.0.1:${first.port}`;
  }

  get pid(): number {
    return this.#process.pid;
  }

  get version(): string {
    return this.#process.version;
  }

  get storeDir(): string {
    return this.#run.storeDir;
  }

  get routePort(): number | undefined {
    return this.#process.running ? this.#process.routePort : undefined;
  }

  get leafPort(): number | undefined {
    return this.#process.running ? this.#process.leafPort : undefined;
  }

  get running(): boolean {
    return this.#process.running;
  }

  log(): readonly string[] {
    return this.#run.log.lines();
  }

  stop(options: { readonly keepStore?: boolean } = {}): Promise<void> {
    return this.#enqueue(async () => {
      await this.#end();
      if (options.keepStore !== true) await this.#run.removeFiles();
    });
  }

  kill(): Promise<void> {
    return this.#enqueue(async () => {
      this.#process.send("SIGKILL");
      await this.#process.ended;
    });
  }

  restart(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    return this.#enqueue(async () => {
      options.signal?.throwIfAborted();
      await this.#end();
      this.#process = await this.#run.launch(this.port, options.signal);
    });
  }

  async suspend(): Promise<void> {
    throwOnWindows("suspend");
    await suspend(this.#process);
  }

  resume(): void {
    throwOnWindows("resume");
    this.#process.send("SIGCONT");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #end(): Promise<void> {
    const server = this.#process;
    server.send("SIGTERM");
    // A suspended server handles its SIGTERM only after it is resumed.
    if (process.platform !== "win32") server.send("SIGCONT");
    const timer = setTimeout(() => server.send("SIGKILL"), this.#run.stopTimeoutMs);
    await server.ended;
    clearTimeout(timer);
  }

  /** Runs the task after all earlier ones, so that starts and stops follow the order of the calls. */
  #enqueue(task: () => Promise<void>): Promise<void> {
    const result = this.#lastTask.then(task);
    this.#lastTask = result.catch(() => {});
    return result;
  }
}

function throwOnWindows(action: string): void {
  if (process.platform === "win32") throw new Error(`Windows cannot ${action} a process`);
}
