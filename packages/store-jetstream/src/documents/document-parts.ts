import type { NatsConnection } from "@aether/nats";
import { MessageLimit } from "../message-limit.ts";
import { type OpenedLink, withLink } from "../open-link.ts";
import { Deadline } from "../protocol/ask-again.ts";
import { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { Link } from "../protocol/link.ts";
import { MessageSizes } from "../protocol/message-sizes.ts";
import { Positions } from "../protocol/positions.ts";
import { SingleMessages } from "../read/single-messages.ts";
import { ensureStream } from "../stream/ensure-stream.ts";
import { Patrol } from "../stream/patrol.ts";
import { StreamWatch } from "../stream/stream-watch.ts";
import { bucketPlan } from "./bucket-plan.ts";
import { DocumentKeys } from "./document-keys.ts";
import type { ResolvedDocumentOptions } from "./document-options.ts";
import { DocumentPublisher } from "./document-publisher.ts";
import { DocumentRanges } from "./document-ranges.ts";
import { DocumentReader } from "./document-reader.ts";
import { DocumentWriter } from "./document-writer.ts";
import { WriteRecords } from "./write-records.ts";

/** The parts of an open store. */
export interface DocumentParts {
  readonly link: Link;
  readonly watch: StreamWatch;
  readonly keys: DocumentKeys;
  readonly reader: DocumentReader;
  readonly writer: DocumentWriter;
  readonly ranges: DocumentRanges;
  readonly patrol: Patrol;
}

/**
 * Opens the bucket that the options request, and assembles the parts of a store.
 * @throws ApiError, NoReplyError, `AETHER_STREAM_MISMATCH`, `AETHER_STREAM_NOT_FOUND`, `AETHER_UNSAFE_SERVER`
 */
export function openDocumentParts(
  connection: NatsConnection,
  options: ResolvedDocumentOptions,
): Promise<DocumentParts> {
  return withLink(connection, options, (opened) => assemble(opened, options));
}

async function assemble(
  { link, uniqueName, openTimeoutMs }: OpenedLink,
  options: ResolvedDocumentOptions,
): Promise<DocumentParts> {
  const { bucket, apiPrefix, ackTimeoutMs } = options;
  const plan = bucketPlan(options);
  const streamName = plan.config.name;
  const api = new JetStreamApi(link, apiPrefix, streamName);
  const mode = { mode: options.stream, serverVersion: link.server.version };
  const info = await ensureStream(api, plan, mode, new Deadline(openTimeoutMs));
  const { incarnation } = new Positions(info.created);
  const keys = new DocumentKeys(bucket);
  const sizes = new MessageSizes(link, () => api.isRemote);
  const limit = new MessageLimit(sizes, api);
  const watch = new StreamWatch(link, api, plan, info, Math.ceil(ackTimeoutMs / 3));
  const messages = new SingleMessages(link, api, {
    streamName,
    sizes,
    isReplicated: () => watch.isReplicated,
    consumerPrefix: uniqueName,
  });
  // With another prefix, the clients' own packages publish like this too.
  const publishPrefix = apiPrefix === "$JS.API" ? "" : `${apiPrefix}.`;
  const records = new WriteRecords({
    link,
    api,
    watch,
    messages,
    probeSubject: publishPrefix + keys.probeSubject,
  });
  const learn = ({ config }: typeof info): void => records.learn(config.duplicate_window);
  learn(info);
  limit.learn(info);
  watch.onVerified((verified) => {
    learn(verified);
    limit.learn(verified);
  });
  const reader = new DocumentReader({ messages, watch, incarnation });
  const publisher = new DocumentPublisher({
    link,
    api,
    watch,
    limit,
    sizes,
    records,
    publishPrefix,
    uniqueName: shortened(uniqueName),
    ackTimeoutMs,
  });
  const writer = new DocumentWriter({ publisher, reader, streamName, incarnation });
  const ranges = new DocumentRanges({
    link,
    api,
    watch,
    messages,
    sizes,
    streamName,
    keys,
    incarnation,
    consumerPrefix: uniqueName,
    ackTimeoutMs,
  });
  const patrol = new Patrol(link, () => watch.verify(ackTimeoutMs));
  return { link, watch, keys, reader, writer, ranges, patrol };
}

/** Spells a hexadecimal number with fewer characters. */
function shortened(hexadecimal: string): string {
  return BigInt(`0x${hexadecimal}`).toString(36);
}
