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

/** The fate of one message. Only outgoing messages can be held, and they are sent by `release`. */
export type Fate = "pass" | "lose" | "hold";

/** A real connection that loses chosen messages, outgoing or incoming. */
export class LossyConnection implements NatsConnection {
  outgoing: (subject: string, payload: string) => Fate = () => "pass";
  incoming: (message: NatsMessage) => Fate = () => "pass";
  /** Changes incoming messages. */
  rewrite: (message: NatsMessage) => NatsMessage = (message) => message;
  /** Subjects of all outgoing messages, including the lost ones. */
  readonly sent: string[] = [];
  /** Current number of subscriptions. */
  subscriptions = 0;
  readonly #connection: NatsConnection;
  #held: (() => void)[] = [];

  constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  get info(): NatsServerInfo | undefined {
    return this.#connection.info;
  }

  publish(subject: string, payload?: Uint8Array, options?: ClientPublishOptions): void {
    this.sent.push(subject);
    const fate = this.outgoing(subject, decodeText(payload ?? new Uint8Array()));
    const send = (): void => this.#connection.publish(subject, payload, options);
    if (fate === "pass") send();
    if (fate === "hold") this.#held.push(send);
  }

  /** Sends the messages that were held. */
  release(): void {
    for (const send of this.#held.splice(0)) send();
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
