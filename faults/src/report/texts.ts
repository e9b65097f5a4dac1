/** Opening paragraph of the page. */
export const introduction: string = `
The READMEs of the packages promise behaviour under failure: an acknowledged event is never lost, two writers never
save the same version, a bus counts every event that it misses. \`npm run faults\` tests these promises. It starts real
NATS servers, lets several processes write and read, and injects faults meanwhile: it kills and pauses servers, cuts
network connections in the middle of messages, and fills disks. Then it compares the result of every call with the
final contents of the servers. The
[checker](../packages/conformance/README.md#histories-many-clients-and-faults) that does this works for any store.
`.trim();

interface SuiteText {
  readonly setup: string;
  readonly checks: string;
  /** Sentence above the suite's figures. */
  readonly note?: string;
}

/** Description of each suite, by name. */
export const suiteTexts: Readonly<Record<string, SuiteText>> = {
  cluster: {
    setup:
      "a cluster of three servers with three replicas; four writers and two readers in processes of their own, " +
      "with both NATS clients; one fault after the other",
    checks:
      "every call against the history of all calls and the stored events; the replicas against each other; all " +
      "work continues within 60 seconds after each fault",
  },
  "single-server": {
    setup: "one server, four writers and one reader; the server is killed and restarted up to 50 times",
    checks: "the same, without replicas",
  },
  "disk-full": {
    setup:
      "16 writers on a stream that reaches its own limit, the server's limit, or the end of a small file system, " +
      "and then has space again",
    checks:
      "saves fail with a documented code; every actor can be saved again within 30 seconds; every call against " +
      "the stored events",
  },
  buses: {
    setup: "four processes that publish to each other over `NatsEventBus` on a cluster, with the faults of `cluster`",
    checks:
      "each event arrives at most once and in order; the bus counts every loss; all processes receive from each " +
      "other again after each fault",
  },
  leaks: {
    setup:
      "saves, reads, aborted reads, publishes and subscriptions with both NATS clients, while the connection is " +
      "cut every 2.5 seconds",
    checks:
      "memory, handles, and consumers and subscriptions on the server return to their values from before; memory " +
      "does not grow from round to round",
    note:
      'The values "before" are measured after a warm-up of 15 % of the operations, those "after" while the store ' +
      "and the bus are still open.",
  },
  hostile: {
    setup:
      "generated inputs for all public functions: hostile texts, huge and cyclic values, proxies that throw; and " +
      "hostile records that bypass the store and the bus",
    checks:
      "each call succeeds or fails with a documented code; valid input is stored unchanged, invalid input is not " +
      "stored; no connection, subscription or process ends",
    note: "Numbers of generated inputs. Properties without a number in a column do not apply there.",
  },
};

/** Explains the verbs in the names of the faults. */
export const faultTerms: string = `
- **kill**: the server process ends without any clean-up, and is started again within two seconds.
- **pause**: the server process is suspended, and its connections stay open. It resumes after 9.5 to 12 seconds, which
  is longer than an election takes.
- **isolate**: the server's connections to the other servers are cut. Clients can still reach it.
- **cut mid-message**: half of the bytes in transit are delivered, then the connection is reset.
- **stall**: connections stay open, but no bytes are delivered.
- **refuse**: connections are reset, and so are new ones.
- **full**: a storage limit is reached while writers continue.
`.trim();

/** Meaning of each figure, by name. */
export const meanings: Readonly<Record<string, string>> = {
  "events acknowledged": "events whose save succeeded",
  "version conflicts": "saves that were rejected because another writer had saved the version",
  "unknown outcomes": "saves without a reply: the event may be stored or not, and the checks accept both",
  "failed saves": "saves that failed because the store was unavailable, or that the caller aborted",
  reads: "successful reads",
  "failed reads": "reads that failed because the store was unavailable, or that the caller aborted",
  "writer processes": "at the same time",
  "reader processes": "at the same time",
  "connections left open by the NATS client": "after the store and the connection were closed",
  "messages stored": "messages in the stream at the end; a batch is one message",
  "events stored": "events in the stream at the end, including those with an unknown outcome",
  actors: "actors that have events at the end",
  "replicas compared": "servers whose contents were read and compared",
  "slowest catch-up, ms": "time until all replicas were in sync after the last call",
  "replicas still catching up": "replicas that had only the first part of the stream when they were read",
  "stale reads of other clients' saves":
    "reads that missed an event that another client had saved before the read began; see the last section",
  "longest staleness of a read, ms": "time from that save to the start of the read, at most",
  "slowest recovery, ms": "longest time from the end of a fault until every process made progress again",
  "saves rejected as full":
    "saves that failed with `AETHER_STORE_FULL`; with a full file system JetStream is unavailable",
  processes: "at the same time",
  "events published": "events that the bus sent",
  "events received": "by all four processes together",
  "events rejected": "publishes that failed because the bus was disconnected; nothing was sent",
  "events unconfirmed": "publishes without a confirmation: the event may have been sent or not",
  "losses counted": "events that a process missed; each was counted and reported by its bus",
  "messages corrupted by the client":
    "messages that `nats` mixed up when a connection was lost while it was established",
};

export const limits: string = `
All servers ran on one machine. A crash of that machine, a power failure, and disks that lose acknowledged writes were
not tested; an acknowledged event is [not necessarily fsynced](../packages/store-jetstream/README.md#servers). The same
seed makes the same random choices, but timing differs from run to run, so a run cannot be repeated exactly.

In a cluster, a read may miss an event that another process saved before the read began. A leader that is isolated or
paused answers with old data until it notices that it is deposed, and JetStream offers no way to ask a server whether
it is still the leader. Such reads are counted, and are no violation if they are at most 30 seconds stale. Saves are
not affected, because only the current leader can store them.
`.trim();
