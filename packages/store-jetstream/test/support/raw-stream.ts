import type { NatsConnection, NatsMessage } from "@aether/nats";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Accesses a stream without a store, as any other program can. */
export class RawStream {
  readonly #connection: NatsConnection;
  readonly #stream: string;
  readonly #apiPrefix: string;

  constructor(connection: NatsConnection, stream: string, apiPrefix = "$JS.API") {
    this.#connection = connection;
    this.#stream = stream;
    this.#apiPrefix = apiPrefix;
  }

  /**
   * Publishes a record without headers, with these headers, or with any text as header block. Resolves to its sequence.
   */
  async publish(
    subject: string,
    payload: string | Uint8Array,
    headers?: Readonly<Record<string, string>> | string,
  ): Promise<number> {
    const block = headers === undefined ? undefined : encoder.encode(blockOf(headers));
    const reply = await this.#request(subject, typeof payload === "string" ? encoder.encode(payload) : payload, block);
    return (JSON.parse(decoder.decode(reply.data)) as { seq: number }).seq;
  }

  async api<Answer>(operation: string, body: object = {}): Promise<Answer> {
    const subject = `${this.#apiPrefix}.${operation.replace("{stream}", this.#stream)}`;
    return JSON.parse(
      decoder.decode((await this.#request(subject, encoder.encode(JSON.stringify(body)))).data),
    ) as Answer;
  }

  /** Reads all messages of a subject, oldest first. Payload and headers are binary strings. */
  async messages(subject: string): Promise<readonly { readonly data: string; readonly headers: string }[]> {
    const found: { data: string; headers: string }[] = [];
    for (let seq = 1; ; ) {
      const query = { seq, next_by_subj: subject };
      const { message } = await this.api<{ message?: { seq: number; data?: string; hdrs?: string } }>(
        "STREAM.MSG.GET.{stream}",
        query,
      );
      if (message === undefined) return found;
      found.push({ data: atob(message.data ?? ""), headers: atob(message.hdrs ?? "") });
      seq = message.seq + 1;
    }
  }

  #request(subject: string, payload: Uint8Array, headers?: Uint8Array): Promise<NatsMessage> {
    return new Promise((resolve, reject) => {
      const reply = `_INBOX.raw.${crypto.randomUUID()}`;
      const subscription = this.#connection.subscribe(reply, {
        callback: (error, message) => {
          subscription.unsubscribe();
          if (error === null) resolve(message);
          else reject(error);
        },
      });
      this.#connection.publish(subject, payload, {
        reply,
        ...(headers === undefined ? {} : { headers: { encode: () => headers } }),
      });
    });
  }
}

function blockOf(headers: Readonly<Record<string, string>> | string): string {
  if (typeof headers === "string") return headers;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `NATS/1.0\r\n${lines.join("")}\r\n`;
}
