import type { DocumentChange, DocumentStoreSupports, Revision, StoredDocument } from "@aether/core";
import { checkConnection, type NatsConnection } from "@aether/nats";
import { AbstractDocumentStore, type CheckedWrite, type DocumentName, type OpenDocumentRange } from "@aether/store-kit";
import { Deadline } from "../protocol/ask-again.ts";
import { publicError } from "../public-error.ts";
import { bucketStream } from "./bucket-plan.ts";
import {
  type JetStreamDocumentStoreOptions,
  type ResolvedDocumentOptions,
  resolveDocumentOptions,
} from "./document-options.ts";
import { type DocumentParts, openDocumentParts } from "./document-parts.ts";

/** Manifest of {@link JetStreamDocumentStore}. */
export const jetStreamDocumentStoreSupports: DocumentStoreSupports = Object.freeze({
  watch: true,
  durable: true,
  shared: true,
});

/**
 * A document store on NATS JetStream. The documents are in a NATS key-value bucket in the official layout, so `nats kv`
 * and the clients' own key-value packages can read and watch them. The leader of the bucket's stream decides which of
 * several concurrent writers succeeds, in this process and in others.
 *
 * The application owns the connection: the store neither opens nor closes it.
 *
 * @example
 * ```ts
 * const connection = await connect({ servers: "127.0.0.1:4222" });
 * const documents = await JetStreamDocumentStore.open(connection, { bucket: "read-models" });
 * const revision = await documents.putDocument("carts", "cart-1", { items: 2 }, { expectedRevision: "absent" });
 * await documents.putDocument("carts", "cart-1", { items: 3 }, { expectedRevision: revision });
 * ```
 */
export class JetStreamDocumentStore extends AbstractDocumentStore {
  override readonly supports: DocumentStoreSupports = jetStreamDocumentStoreSupports;
  /** Name of the bucket on the server: the option `bucket`, prefixed with the encoded namespace if there is one. */
  readonly bucket: string;
  readonly #parts: DocumentParts;
  readonly #ackTimeoutMs: number;

  private constructor(parts: DocumentParts, { bucket, ackTimeoutMs }: ResolvedDocumentOptions) {
    super();
    this.bucket = bucket;
    this.#parts = parts;
    this.#ackTimeoutMs = ackTimeoutMs;
  }

  /**
   * Opens a store. A missing bucket is created, unless the option `stream` is `"bind"`.
   *
   * @param connection - an open connection from `nats` (2.29 or later 2.x) or `@nats-io/transport-node` (3.4 or later
   * 3.x)
   * @throws `AETHER_INVALID_ARGUMENT` if an option is invalid, or the connection is closed
   * @throws `AETHER_STREAM_MISMATCH` if an existing bucket has settings that differ from the requested ones, or with
   * which the store cannot keep its promises
   * @throws `AETHER_STREAM_NOT_FOUND` if the bucket does not exist and the option `stream` is `"bind"`
   * @throws `AETHER_UNSAFE_SERVER` if the server is too old for a replicated bucket
   * @throws `AETHER_STORE_UNAVAILABLE` if the connection is lost (see the option `whileDisconnected`), JetStream is
   * disabled or does not answer, or a permission is missing
   * @throws `AETHER_STORE_FULL` if a limit of the account or the server does not allow the bucket
   */
  static async open(
    connection: NatsConnection,
    options: JetStreamDocumentStoreOptions,
  ): Promise<JetStreamDocumentStore> {
    const resolved = resolveDocumentOptions(options);
    checkConnection(connection);
    const { bucket } = resolved;
    try {
      return new JetStreamDocumentStore(await openDocumentParts(connection, resolved), resolved);
    } catch (error) {
      throw publicError(`open bucket ${bucket}`, error, bucketStream(bucket), undefined);
    }
  }

  protected override async read(
    name: DocumentName,
    signal: AbortSignal | undefined,
  ): Promise<StoredDocument | undefined> {
    const { reader, keys } = this.#parts;
    const subject = keys.subjectOf(name);
    try {
      return await reader.read(name, subject, new Deadline(this.#ackTimeoutMs, signal));
    } catch (error) {
      throw this.#publicError("read a document", error, signal);
    }
  }

  protected override async write(write: CheckedWrite, signal: AbortSignal | undefined): Promise<Revision | undefined> {
    const { writer, keys } = this.#parts;
    const subject = keys.subjectOf(write);
    try {
      return await writer.write(write, subject, new Deadline(this.#ackTimeoutMs, signal));
    } catch (error) {
      throw this.#publicError("write a document", error, signal);
    }
  }

  protected override list(range: OpenDocumentRange): AsyncIterable<StoredDocument> {
    return this.#parts.ranges.list(range);
  }

  protected override watch(range: OpenDocumentRange): AsyncIterable<DocumentChange> {
    return this.#parts.ranges.watch(range);
  }

  protected override release(): void {
    const { patrol, link } = this.#parts;
    patrol.stop();
    link.close();
  }

  #publicError(operation: string, error: unknown, signal: AbortSignal | undefined): unknown {
    return publicError(operation, error, bucketStream(this.bucket), signal);
  }
}
