import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type RecordedEvent, recordedEvent } from "@aether/conformance";
import type { Event } from "@aether/core";
import { AckPolicy, DeliverPolicy, JetStreamApiError, jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";

/** What one server holds of a stream. */
export interface StoredContents {
  /** The server that was asked; empty where there is only one. */
  readonly server: string;
  /** Of everything in the stream: the same on all replicas. */
  readonly digest: string;
  readonly messages: number;
  /** Each actor's events, in the stream's order. */
  readonly byActor: ReadonlyMap<string, readonly RecordedEvent[]>;
}

/**
 * How long consumers are made to reach a server that has not been asked yet: the leader chooses their place, and takes its time
 * until it believes that a server which was cut off is back.
 */
const TIMEOUT_MS = 90_000;
/** What JetStream says while it has no leader. */
const UNAVAILABLE = 10008;

/**
 * Reads a whole stream from each of its servers, as any program could: with nothing of the store that is tested.
 *
 * @param servers - how many there are
 */
export async function storedContents(
  connection: NatsConnection,
  streamName: string,
  servers: number,
): Promise<readonly StoredContents[]> {
  const found = new Map<string, StoredContents>();
  const stream = jetstream(connection, { timeout: 10_000 });
  const manager = await stream.jetstreamManager(false);
  const deadline = performance.now() + TIMEOUT_MS;
  while (found.size < servers && performance.now() < deadline) {
    const consumer = await manager.consumers
      .add(streamName, {
        ack_policy: AckPolicy.None,
        deliver_policy: DeliverPolicy.All,
        mem_storage: true,
        inactive_threshold: 60_000_000_000,
      })
      .catch(unlessUnavailable);
    if (consumer === undefined) {
      await delay(500);
      continue;
    }
    const { name, cluster } = consumer;
    const server = cluster?.leader ?? "";
    if (!found.has(server)) found.set(server, await readAll(connection, streamName, name, server));
    await manager.consumers.delete(streamName, name);
    if (found.size < servers) await delay(100);
  }
  return [...found.values()];
}

/** @throws what went wrong, unless another try may go well */
function unlessUnavailable(error: unknown): undefined {
  if (!(error instanceof JetStreamApiError && error.code === UNAVAILABLE)) throw error;
}

async function readAll(
  connection: NatsConnection,
  streamName: string,
  consumerName: string,
  server: string,
): Promise<StoredContents> {
  const consumer = await jetstream(connection).consumers.get(streamName, consumerName);
  let remaining = (await consumer.info()).num_pending;
  const byActor = new Map<string, RecordedEvent[]>();
  const hash = createHash("sha256");
  let messages = 0;
  while (remaining > 0) {
    const before = messages;
    for await (const message of await consumer.fetch({ max_messages: Math.min(remaining, 5_000), expires: 10_000 })) {
      messages++;
      hash.update(`${message.seq} ${message.subject} `).update(message.data);
      const commit = message.json<Event | readonly Event[]>();
      for (const event of Array.isArray(commit) ? (commit as readonly Event[]) : [commit as Event]) {
        const events = byActor.get(event.actorId);
        if (events === undefined) byActor.set(event.actorId, [recordedEvent(event)]);
        else events.push(recordedEvent(event));
      }
    }
    remaining -= messages - before;
    if (messages === before) throw new Error(`${server} stopped delivering after ${messages} messages`);
  }
  return { server, digest: hash.digest("hex"), messages, byActor };
}
