import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { Link } from "../protocol/link.ts";
import type { MessageSizes } from "../protocol/message-sizes.ts";
import type { Positions } from "../protocol/positions.ts";
import type { CommitDecoder } from "../read/commit-decoder.ts";
import type { LastMessages } from "../read/last-messages.ts";
import type { MessageReader } from "../read/message-reader.ts";
import type { SingleMessages } from "../read/single-messages.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";

/** The parts of a store that a feed uses. */
export interface FeedParts {
  readonly link: Link;
  readonly api: JetStreamApi;
  readonly watch: StreamWatch;
  readonly messages: SingleMessages;
  readonly lastMessages: LastMessages;
  readonly reader: MessageReader;
  readonly sizes: MessageSizes;
  readonly decoder: CommitDecoder;
  readonly positions: Positions;
  readonly streamName: string;
  /** Prefix of consumer names. It is unique among the stores of the stream. */
  readonly consumerPrefix: string;
  readonly acceptTruncated: boolean;
  readonly ackTimeoutMs: number;
}
