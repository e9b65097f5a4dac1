import type { ClientSubscribeOptions, NatsConnection, NatsMessage, NatsStatus } from "@aether/nats";

/** A connection without a server, to test events that are rare on a real connection. */
export class FakeConnection implements NatsConnection {
  readonly info = { version: "2.12.0", max_payload: 1_048_576, headers: true };
  readonly published: string[] = [];
  readonly #callbacks = new Map<string, NonNullable<ClientSubscribeOptions["callback"]>>();
  readonly #statuses: NatsStatus[] = [];
  #wake: () => void = () => {};
  flushes = 0;
  isDraining = false;
  /** Called when a subscription begins to drain, to deliver messages in flight. */
  beforeDrained: () => void = () => {};
  flush: () => Promise<void> = async () => {
    this.flushes++;
  };

  publish(subject: string): void {
    if (this.isDraining) throw new Error("draining");
    this.published.push(subject);
  }

  subscribe(subject: string, { callback }: ClientSubscribeOptions = {}) {
    if (this.isDraining) throw new Error("draining");
    if (callback !== undefined) this.#callbacks.set(subject, callback);
    const unsubscribe = (): void => void this.#callbacks.delete(subject);
    const drain = async (): Promise<void> => {
      this.beforeDrained();
      unsubscribe();
    };
    return { unsubscribe, drain };
  }

  /** Delivers a message to the subscription to this subject. */
  deliver(subscribed: string, message: NatsMessage): void {
    this.#callbacks.get(subscribed)?.(null, message);
  }

  /** Emits a status event of the client. */
  emit(status: NatsStatus & Readonly<Record<string, unknown>>): void {
    this.#statuses.push(status);
    this.#wake();
  }

  async *status(): AsyncGenerator<NatsStatus> {
    for (;;) {
      for (const status of this.#statuses.splice(0)) yield status;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  isClosed(): boolean {
    return false;
  }

  closed(): Promise<unknown> {
    return new Promise(() => {});
  }
}
