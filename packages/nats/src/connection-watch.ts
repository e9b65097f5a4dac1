import { type ClientStatus, readStatus } from "./client-status.ts";
import type { NatsConnection, NatsStatus } from "./connection.ts";

/** Callbacks of a {@link ConnectionWatch}. They are not called after the watch was closed. */
export interface ConnectionListener {
  /** Called with each status, in order. */
  onStatus(status: ClientStatus): void;
  /** Called once, when the connection is closed for good, with the error that closed it, if there was one. */
  onClosed(cause: unknown): void;
}

/**
 * Watches a connection from either client, and reports its changes in the same form for both. Each outage is reported
 * as one `disconnected` and one `reconnected`. The clients themselves may report more: over WebSocket, they report one
 * `disconnect` for each failed attempt to reconnect, and later one `reconnect` for each of them.
 *
 * @example
 * ```ts
 * const watch = new ConnectionWatch(connection, {
 *   onStatus: ({ type }) => console.log(type),
 *   onClosed: (cause) => console.log("closed", cause),
 * });
 * ```
 */
export class ConnectionWatch {
  readonly #connection: NatsConnection;
  readonly #status: AsyncIterable<NatsStatus>;
  #listener: ConnectionListener | undefined;
  /** `"assumed"`: connected, but an outage that began before the watch did may not be over. */
  #state: "assumed" | "connected" | "lost";

  constructor(connection: NatsConnection, listener: ConnectionListener) {
    this.#connection = connection;
    this.#listener = listener;
    this.#state = connection.info === undefined ? "lost" : "assumed";
    this.#status = connection.status();
    void this.#run();
    // The end of the status events would not be enough, because `nats` 2 does not end them.
    void connection.closed().then((cause) => {
      this.#state = "lost";
      this.#end()?.onClosed(cause);
    });
  }

  /** False while the connection is lost, and after it was closed. */
  get isConnected(): boolean {
    return this.#state !== "lost";
  }

  /** Stops watching. The connection stays open. */
  close(): void {
    this.#end();
  }

  async #run(): Promise<void> {
    for await (const each of this.#status) {
      const status = readStatus(each);
      if (status !== undefined && this.#isNews(status)) this.#listener?.onStatus(status);
    }
  }

  /** Updates the state. Returns false for a repeated report of the same outage. */
  #isNews({ type }: ClientStatus): boolean {
    if (type === "disconnected") {
      if (this.#state === "lost") return false;
      this.#state = "lost";
    }
    if (type === "reconnected") {
      // Without details of the server, the connection has already been lost again, and another report follows.
      if (this.#state === "connected" || this.#connection.info === undefined) return false;
      this.#state = "connected";
    }
    return true;
  }

  #end(): ConnectionListener | undefined {
    const listener = this.#listener;
    this.#listener = undefined;
    // Both clients' iterators have this method, but their types do not declare it.
    (this.#status as { stop?: () => void }).stop?.();
    return listener;
  }
}
