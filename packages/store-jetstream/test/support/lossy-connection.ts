import type {
  NatsConnection,
  NatsMessage,
  NatsPublishOptions,
  NatsServerInfo,
  NatsStatus,
  NatsSubscribeOptions,
  NatsSubscription,
} from "../../src/index.ts";

/** Decides what becomes of one message. */
export type Fate = "pass" | "lose";

/** A real connection on which chosen messages get lost, on their way out or on their way back. */
export class LossyConnection implements NatsConnection {
  outgoing: (subject: string) => Fate = () => "pass";
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

  publish(subject: string, payload?: Uint8Array, options?: NatsPublishOptions): void {
    this.sent.push(subject);
    if (this.outgoing(subject) === "pass") this.#connection.publish(subject, payload, options);
  }

  subscribe(subject: string, options: NatsSubscribeOptions = {}): NatsSubscription {
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
    };
  }

  status(): AsyncIterable<NatsStatus> {
    return this.#connection.status();
  }

  isClosed(): boolean {
    return this.#connection.isClosed();
  }
}
