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

/** A message of a stream, and the ids of its events. */
export interface StoredCommit {
  readonly sequence: number;
  readonly actorId: string;
  readonly eventIds: readonly string[];
}

/** The contents of a stream on one server. */
export interface StoredContents {
  /** Name of the server. Empty without a cluster. */
  readonly server: string;
  /** One hash per message, of its sequence, subject and payload. All replicas must have the same hashes. */
  readonly digests: readonly number[];
  /** Events by actor, in stream order. */
  readonly byActor: ReadonlyMap<string, readonly RecordedEvent[]>;
  /** All messages, in stream order. */
  readonly commits: readonly StoredCommit[];
}

export interface ReadReplicas {
  /** Contents of each server that could be read. */
  readonly replicas: readonly StoredContents[];
  /** The last error, if any. Possible reasons are a server that is catching up, or a stream without a leader. */
  readonly lastError: unknown;
}

/**
 * Reads a whole stream from each of its servers, with the NATS client and without the store under test.
 *
 * A client cannot choose the server of a consumer: the cluster's leader chooses it. The function therefore creates
 * consumers until each server has been chosen. The leader chooses a server that was isolated only after some time.
 *
 * @param servers - number of servers that store the stream
 * @param timeoutMs - how long to keep creating consumers
 */
export async function readReplicas(
  connection: NatsConnection,
  streamName: string,
  servers: number,
  timeoutMs: number,
): Promise<ReadReplicas> {
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
  const commits: StoredCommit[] = [];
  while (remaining > 0) {
    const before = digests.length;
    for await (const message of await consumer.fetch({ max_messages: Math.min(remaining, 5_000), expires: 10_000 })) {
      const hash = createHash("sha256").update(`${message.seq} ${message.subject} `).update(message.data);
      digests.push(hash.digest().readUIntBE(0, 6));
      const record = message.json<Event | readonly Event[]>();
      const stored = Array.isArray(record) ? (record as readonly Event[]) : [record as Event];
      commits.push({
        sequence: message.seq,
        actorId: stored[0]?.actorId ?? "",
        eventIds: stored.map(({ id }) => id),
      });
      for (const event of stored) {
        const events = byActor.get(event.actorId);
        if (events === undefined) byActor.set(event.actorId, [recordedEvent(event)]);
        else events.push(recordedEvent(event));
      }
    }
    remaining -= digests.length - before;
    if (digests.length === before) throw new Error(`${server} stopped delivering after ${before} messages`);
  }
  return { server, digests, byActor, commits };
}
