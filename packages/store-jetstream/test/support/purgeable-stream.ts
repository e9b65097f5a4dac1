import { decodeText, encodeText, type NatsConnection, type NatsMessage } from "@aether/nats";
import { eventSubjects } from "../../src/subjects.ts";
import { LossyConnection } from "./lossy-connection.ts";
import { newStreamName } from "./open-stores.ts";
import { RawStream } from "./raw-stream.ts";

/**
 * A stream of events whose oldest messages a test can remove, as if they had expired. A store requires that messages
 * cannot be purged. So the connection shows the store a stream with this setting.
 */
export class PurgeableStream {
  readonly name: string;
  readonly retentionMs = 3_600_000;
  /** The connection for the stores. */
  readonly connection: LossyConnection;
  readonly raw: RawStream;

  private constructor(name: string, connection: NatsConnection) {
    this.name = name;
    this.connection = new LossyConnection(connection);
    this.connection.rewrite = withoutPurge;
    this.raw = new RawStream(connection, name);
  }

  static async create(connection: NatsConnection): Promise<PurgeableStream> {
    const stream = new PurgeableStream(newStreamName(), connection);
    await stream.raw.api("STREAM.CREATE.{stream}", {
      name: stream.name,
      subjects: [eventSubjects(stream.name)],
      storage: "file",
      retention: "limits",
      discard: "new",
      max_age: stream.retentionMs * 1_000_000,
      max_msgs: -1,
      max_bytes: -1,
      max_consumers: -1,
      max_msgs_per_subject: -1,
      num_replicas: 1,
      deny_delete: true,
      deny_purge: false,
      allow_direct: true,
    });
    return stream;
  }

  /** Removes all messages before a sequence. */
  async removeBefore(sequence: number): Promise<void> {
    await this.raw.api("STREAM.PURGE.{stream}", { seq: sequence });
  }
}

function withoutPurge(message: NatsMessage): NatsMessage {
  const text = message.data.length < 10_000 ? decodeText(message.data) : "";
  if (!text.includes('"deny_purge":false')) return message;
  return { subject: message.subject, data: encodeText(text.replace('"deny_purge":false', '"deny_purge":true')) };
}
