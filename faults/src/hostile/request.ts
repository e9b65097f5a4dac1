import type { NatsConnection, NatsMessage } from "@aether/nats";

/** Sends a request with any header block, valid or not, and returns the reply. */
export async function request(
  connection: NatsConnection,
  subject: string,
  payload: Uint8Array = new Uint8Array(),
  headerBlock?: string,
): Promise<NatsMessage> {
  const reply = `_INBOX.raw.${crypto.randomUUID()}`;
  const response = new Promise<NatsMessage>((resolve, reject) => {
    const subscription = connection.subscribe(reply, {
      callback: (error, message) => {
        subscription.unsubscribe();
        if (error === null) resolve(message);
        else reject(error);
      },
    });
  });
  connection.publish(subject, payload, { reply, ...rawHeaders(headerBlock) });
  return response;
}

/** Publishes a record to a stream's subject and waits until it is stored. @throws if the server rejects it */
export async function storeRecord(...args: Parameters<typeof request>): Promise<void> {
  const { data } = await request(...args);
  const { error } = JSON.parse(new TextDecoder().decode(data)) as { readonly error?: unknown };
  if (error !== undefined) throw new Error(`the server rejected the record: ${JSON.stringify(error)}`);
}

/** Publish options that send the given bytes as the header block. */
export function rawHeaders(headerBlock: string | undefined): { headers?: { encode(): Uint8Array } } {
  if (headerBlock === undefined) return {};
  const block = new TextEncoder().encode(headerBlock);
  return { headers: { encode: () => block } };
}
