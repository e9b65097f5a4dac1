import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type RecordedEvent, recordedEvent } from "@aether/conformance";
import type { Event } from "@aether/core";
import { AckPolicy, DeliverPolicy, jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";

const CONSUMER = {
  ack_policy: AckPolicy.None,
  deliver_policy: DeliverPolicy.All,
  mem_storage: true,
  inactive_threshold: 60_000_000_000,
};

/** What one server holds of a stream. */
export interface StoredContents {
  /** The server that was asked; empty where there is only one. */
  readonly server: string;
  /** A number for each message, made of all that it is: the same on all replicas. */
  readonly digests: readonly number[];
  /** Each actor's events, in the stream's order. */
  readonly byActor: ReadonlyMap<string, readonly RecordedEvent[]>;
}

/** What could be read. */
export interface ReadContents {
  /** Of each server that could be read. */
  readonly replicas: readonly StoredContents[];
  /** What went wrong last. One may be catching up, or the stream may have had no leader for a moment. */
  readonly lastError: unknown;
}

/**
 * Reads a whole stream from each of its servers, as any program could: with nothing of the store that is tested.
 *
 * @param servers - how many there are
 * @param timeoutMs - how long to make consumers until each server was read: the leader chooses their place, and takes its
 * time until it believes that one which was cut off is back
 */
export async function storedContents(
  connection: NatsConnection,
  streamName: string,
  servers: number,
  timeoutMs: number,
): Promise<ReadContents> {
  const found = new Map<string, StoredContents>();
  const manager = await jetstream(connection, { timeout: 10_000 }).jetstreamManager(false);
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  while (found.size < servers && performance.now() < deadline) {
    try {
      const { name, cluster } = await manager.consumers.add(streamName, CONSUMER);
      const server = cluster?.leader ?? "";
      if (!found.has(server)) found.set(server, await readAll(connection, streamName, name, server));
      await manager.consumers.delete(streamName, name);
    } catch (error) {
      lastError = error;
    }
    if (found.size < servers) await delay(100);
  }
  return { replicas: [...found.values()], lastError };
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
  const digests: number[] = [];
  while (remaining > 0) {
    const before = digests.length;
    for await (const message of await consumer.fetch({ max_messages: Math.min(remaining, 5_000), expires: 10_000 })) {
      const hash = createHash("sha256").update(`${message.seq} ${message.subject} `).update(message.data);
      digests.push(hash.digest().readUIntBE(0, 6));
      const commit = message.json<Event | readonly Event[]>();
      for (const event of Array.isArray(commit) ? (commit as readonly Event[]) : [commit as Event]) {
        const events = byActor.get(event.actorId);
        if (events === undefined) byActor.set(event.actorId, [recordedEvent(event)]);
        else events.push(recordedEvent(event));
      }
    }
    remaining -= digests.length - before;
    if (digests.length === before) throw new Error(`${server} stopped delivering after ${before} messages`);
  }
  return { server, digests, byActor };
}
