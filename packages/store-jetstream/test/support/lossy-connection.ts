import {
  type ClientPublishOptions,
  type ClientSubscribeOptions,
  type ClientSubscription,
  decodeText,
  type NatsConnection,
  type NatsMessage,
  type NatsServerInfo,
  type NatsStatus,
} from "@aether/nats";

/** Decides what becomes of one message. */
export type Fate = "pass" | "lose";

/** A real connection on which chosen messages get lost, on their way out or on their way back. */
export class LossyConnection implements NatsConnection {
  outgoing: (subject: string, payload: string) => Fate = () => "pass";
  incoming: (message: NatsMessage) => Fate = () => "pass";
  /** Changes what arrives. */
  rewrite: (message: NatsMessage) => NatsMessage = (message) => message;
  /** The subjects of everything that was sent, lost or not. */
  readonly sent: string[] = [];
  /** How many subscriptions there are now. */
  subscriptions = 0;
  readonly #connection: NatsConnection;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  get info(): NatsServerInfo | undefined {
    return this.#connection.info;
  }

  publish(subject: string, payload?: Uint8Array, options?: ClientPublishOptions): void {
    this.sent.push(subject);
    if (this.outgoing(subject, decodeText(payload ?? new Uint8Array())) === "pass")
      this.#connection.publish(subject, payload, options);
  }

  subscribe(subject: string, options: ClientSubscribeOptions = {}): ClientSubscription {
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        if (error !== null) options.callback?.(error, message);
        else if (this.incoming(message) === "pass") options.callback?.(null, this.rewrite(message));
      },
    });
    this.subscriptions++;
    return {
      unsubscribe: () => {
        this.subscriptions--;
        subscription.unsubscribe();
      },
      drain: () => subscription.drain(),
    };
  }

  status(): AsyncIterable<NatsStatus> {
    return this.#connection.status();
  }

  flush(): Promise<void> {
    return this.#connection.flush();
  }

  closed(): Promise<unknown> {
    return this.#connection.closed();
  }

  isClosed(): boolean {
    return this.#connection.isClosed();
  }
}
