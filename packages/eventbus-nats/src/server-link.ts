import type { NatsConnection, NatsStatus } from "@aether/nats";
import { type ClientStatus, readStatus } from "@aether/nats";
import { Confirmations, type Waiter } from "./confirmations.ts";

/** Hears what happens to the connection. */
export interface LinkListener {
  /** In the order in which it happens. */
  happened(status: ClientStatus): void;
  /** The connection is closed for good. */
  ended(cause: unknown): void;
}

/** The bus's way over the application's connection: whether it is up, and whether the server got what was sent. */
export class ServerLink {
  readonly connection: NatsConnection;
  readonly #status: AsyncIterable<NatsStatus>;
  readonly #listener: LinkListener;
  readonly #confirmations: Confirmations;
  #isUp: boolean;
  #isClosed = false;
  #maxPayloadBytes = Number.POSITIVE_INFINITY;

  constructor(connection: NatsConnection, listener: LinkListener) {
    this.connection = connection;
    this.#listener = listener;
    this.#confirmations = new Confirmations(() => connection.flush());
    this.#isUp = connection.info !== undefined;
    this.#status = connection.status();
    void this.#watch();
    // Not by the end of the statuses, which `nats` 2 leaves open.
    void connection.closed().then((error) => this.#ended(error));
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** The most that one message may take, by the last server that said. */
  get maxPayloadBytes(): number {
    this.#maxPayloadBytes = this.connection.info?.max_payload ?? this.#maxPayloadBytes;
    return this.#maxPayloadBytes;
  }

  /** See {@link Confirmations.wait}. */
  wait(waiter: Waiter): void {
    this.#confirmations.wait(waiter);
  }

  /** Resolves when the server has got everything that was sent before. Rejects when the connection is lost before. */
  confirmed(): Promise<void> {
    return new Promise((resolve, reject) => this.wait({ confirmed: () => resolve(), failed: reject }));
  }

  /** Leaves the connection as it was found. */
  close(): void {
    this.#end("the bus was closed");
  }

  async #watch(): Promise<void> {
    for await (const status of this.#status) {
      const read = readStatus(status);
      if (read === undefined || this.#isClosed) continue;
      if (read.type === "disconnected") this.#goDown("the connection was lost");
      if (read.type === "reconnected") this.#isUp = true;
      if (read.type === "denied" && read.operation === "publish") this.#confirmations.refused(read.subject, read.cause);
      this.#listener.happened(read);
    }
  }

  #ended(error: unknown): void {
    if (this.#isClosed) return;
    this.#end("the connection was closed");
    this.#listener.ended(
      new Error("the connection to NATS was closed", error instanceof Error ? { cause: error } : {}),
    );
  }

  #end(reason: string): void {
    this.#isClosed = true;
    this.#goDown(reason);
    (this.#status as { stop?: () => void }).stop?.();
  }

  #goDown(reason: string): void {
    this.#isUp = false;
    this.#confirmations.fail(new Error(reason));
  }
}
