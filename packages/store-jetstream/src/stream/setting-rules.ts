/** The streams of an event store, and the stream of a bucket of documents. */
export type StreamRole = "events" | "snapshots" | "floors" | "documents";

/** The values of a stream setting that the store accepts. */
export interface SettingRule {
  /**
   * Streams on which the setting must have the planned value, or must not be set if the plan has no value. On the other
   * streams, the setting may have any value, unless an option requests one.
   */
  readonly fixedOn: readonly StreamRole[];
  /** Consequence of another value. */
  readonly otherwise?: string;
  /** True if `stream: "update"` never changes the setting. @default false */
  readonly isNeverUpdated?: true;
}

const any: SettingRule = { fixedOn: [] };
/** All streams. */
export const all: readonly StreamRole[] = ["events", "snapshots", "floors", "documents"];
const eventStore: readonly StreamRole[] = ["events", "snapshots", "floors"];

function fixed(otherwise: string, fixedOn = all): SettingRule {
  return { fixedOn, otherwise };
}

function untouchable(otherwise: string): SettingRule {
  return { fixedOn: all, otherwise, isNeverUpdated: true };
}

/**
 * The rule for every stream setting of nats-server 2.9 to 2.15, by its name in JetStream. A setting without a rule must
 * not be set: a later server may have added it, and it may break the promises of the store.
 *
 * Before you add `any` for a new setting, make sure that it cannot remove, change, move or delay a message, store a
 * message that was not published, or acknowledge a message that is not stored.
 */
export const settingRules: ReadonlyMap<string, SettingRule> = new Map(
  Object.entries({
    // Descriptions.
    name: any,
    description: any,
    metadata: any,

    // Messages that the stream stores. New subjects would make the messages on the old ones unreachable.
    subjects: untouchable("the store would miss its own messages or find others"),
    mirror: untouchable("a mirror stores only copies of another stream"),
    sources: untouchable("messages of other streams are added without a check for conflicts"),
    subject_transform: fixed("messages are stored on other subjects"),

    // Removal of messages. A full stream with `discard: "new"` rejects messages. With "old", it removes messages.
    storage: fixed("messages are lost when the server ends"),
    retention: fixed("messages are removed once consumers have received them"),
    discard: fixed("a full stream removes its oldest messages", ["events", "floors", "documents"]),
    max_age: fixed("messages expire", ["snapshots", "floors", "documents"]), // events: `streamRetention`
    max_msgs_per_subject: fixed("only the newest messages of an actor are kept", ["events", "floors"]),
    discard_new_per_subject: fixed("the server rejects further messages on a subject"),
    allow_rollup_hdrs: fixed("a message can remove all earlier messages of an actor", eventStore),
    // Other programs may store documents that expire in a bucket. For a reader, they are then deleted.
    allow_msg_ttl: fixed("a publisher can make single messages expire", eventStore),
    subject_delete_marker_ttl: fixed("the server adds and removes messages", eventStore),
    deny_delete: any, // requested by `immutable`, even if that option has its default
    deny_purge: any, // likewise

    // Acceptance of messages.
    sealed: fixed("the server rejects all messages"),
    no_ack: fixed("the server does not confirm that messages are stored"),
    persist_mode: fixed("the server confirms messages before they are stored"),
    allow_msg_counter: fixed("the server changes the payload of messages"),
    allow_msg_schedules: fixed("the server publishes messages later or repeatedly"),
    template_owner: fixed("the stream is deleted with its template"),
    consumer_limits: fixed("the server may reject the consumers of reads", ["events", "snapshots", "documents"]),

    // Limits. Beyond them, the server rejects a message or a consumer. Only a full snapshot stream drops messages.
    max_bytes: any,
    max_msgs: any,
    max_msg_size: any,
    max_consumers: any,

    // Places and copies of messages.
    num_replicas: any,
    placement: any,
    compression: any,
    republish: any,

    // Ways to read and to publish that change nothing for other clients.
    allow_direct: any, // without it, short reads need two round trips
    mirror_direct: any, // has an effect only on mirrors
    allow_atomic: any, // the server checks the expectation of each message of a batch
    allow_batched: any, // likewise
    duplicate_window: any, // only messages of documents have ids, and their store takes it into account
    first_seq: any, // only the first sequence is different
  }),
);
