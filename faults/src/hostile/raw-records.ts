import type { NatsConnection, NatsMessage } from "@aether/nats";

/** Publishes a record to an actor's subject, with whatever bytes stand in for headers, and waits until it is stored. */
export async function publishRaw(
  connection: NatsConnection,
  subject: string,
  payload: Uint8Array,
  headerBlock: string | undefined,
): Promise<void> {
  const reply = `_INBOX.raw.${crypto.randomUUID()}`;
  const answer = new Promise<NatsMessage>((resolve, reject) => {
    const subscription = connection.subscribe(reply, {
      callback: (error, message) => {
        subscription.unsubscribe();
        if (error === null) resolve(message);
        else reject(error);
      },
    });
  });
  const block = headerBlock === undefined ? undefined : new TextEncoder().encode(headerBlock);
  connection.publish(subject, payload, {
    reply,
    ...(block === undefined ? {} : { headers: { encode: () => block } }),
  });
  const { data } = await answer;
  const { error } = JSON.parse(new TextDecoder().decode(data)) as { readonly error?: unknown };
  if (error !== undefined) throw new Error(`the server refused the record: ${JSON.stringify(error)}`);
}
