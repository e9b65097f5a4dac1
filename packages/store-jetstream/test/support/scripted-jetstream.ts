import type {
  ClientPublishOptions,
  ClientSubscribeOptions,
  ClientSubscription,
  NatsConnection,
  NatsMessage,
  NatsServerInfo,
  NatsStatus,
} from "@aether/nats";

/** An answer of JetStream, as JSON. `undefined` for no answer. */
export type Answer = object | undefined;

/** The answers of an empty stream without replicas, by the beginning of the request's subject. */
const defaultAnswers: readonly (readonly [start: string, answer: Answer])[] = [
  ["$JS.API.STREAM.MSG.GET.", { error: { code: 404, err_code: 10_037, description: "no message found" } }],
  ["$JS.API.DIRECT.GET.", {}], // a single answer without headers, as from a server without batches
  ["$JS.API.CONSUMER.CREATE.", { num_pending: 0 }],
  ["$JS.API.CONSUMER.", undefined],
];

/** A connection to a JetStream server that exists only in this process, and gives any answers. */
export class ScriptedJetStream implements NatsConnection {
  readonly info: NatsServerInfo = { version: "2.15.2", max_payload: 1_048_576, headers: true, jetstream: true };
  readonly #subscriptions = new Map<string, NonNullable<ClientSubscribeOptions["callback"]>>();
  readonly #answers: [start: string, answer: Answer][] = [];
  readonly #configs = new Map<string, object>();
  #lastSequence = 0;

  /** Answers all requests whose subject begins with this text, until it is called again with the same text. */
  on(start: string, answer: Answer): void {
    this.#answers.unshift([start, answer]);
  }

  publish(subject: string, payload?: Uint8Array, { reply }: ClientPublishOptions = {}): void {
    if (reply === undefined) return;
    const answer = this.#answerTo(subject, payload);
    if (answer === undefined) return;
    const data = new TextEncoder().encode(JSON.stringify(answer));
    const inbox = `${reply.slice(0, reply.lastIndexOf("."))}.*`;
    queueMicrotask(() => this.#subscriptions.get(inbox)?.(null, { subject: reply, data } satisfies NatsMessage));
  }

  subscribe(subject: string, { callback }: ClientSubscribeOptions = {}): ClientSubscription {
    if (callback !== undefined) this.#subscriptions.set(subject, callback);
    return { unsubscribe: () => void this.#subscriptions.delete(subject), drain: async () => {} };
  }

  status(): AsyncIterable<NatsStatus> {
    return { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) };
  }

  async flush(): Promise<void> {}

  isClosed(): boolean {
    return false;
  }

  closed(): Promise<unknown> {
    return new Promise(() => {});
  }

  #answerTo(subject: string, payload: Uint8Array | undefined): Answer {
    const found = [...this.#answers, ...defaultAnswers].find(([start]) => subject.startsWith(start));
    if (found !== undefined) return found[1];
    if (!subject.startsWith("$JS.")) return { stream: subject.split(".", 1)[0], seq: ++this.#lastSequence };
    // A request about a stream: it exists with the requested settings, once it was created.
    const stream = subject.slice(subject.lastIndexOf(".") + 1);
    if (payload !== undefined && payload.length > 0) {
      this.#configs.set(stream, JSON.parse(new TextDecoder().decode(payload)));
    }
    const config = this.#configs.get(stream);
    if (config === undefined) return { error: { code: 404, err_code: 10_059, description: "stream not found" } };
    return {
      config,
      created: "2026-01-01T00:00:00Z",
      state: { first_seq: 1, last_seq: this.#lastSequence },
    };
  }
}
