/** First paragraph of the page. */
export const introduction: string = `
The READMEs of the packages state guarantees for failures. For example, an acknowledged event is stored, two writers
never save the same version, and a bus counts the events that it misses. \`npm run faults\` tests these guarantees. It
starts real NATS servers, and several processes that write and read. Meanwhile it injects faults: it kills and pauses
servers, cuts network connections in the middle of messages, and fills disks. Then it compares the result of every call
with the final contents of the servers. The
[checker](../packages/conformance/README.md#histories-many-clients-and-faults) that compares them works with any store.
`.trim();

interface SuiteText {
  readonly setup: string;
  readonly checks: string;
  /** Text above the figures of the suite. */
  readonly note?: string;
}

/** Description of each suite, by name. */
export const suiteTexts: Readonly<Record<string, SuiteText>> = {
  cluster: {
    setup:
      "Three servers form a cluster, and the stream has three replicas. Four writers, two readers and three " +
      "followers of the feed work in separate processes, with both NATS clients. Faults are injected one after the " +
      "other. Meanwhile, two of the followers are killed every few seconds, and resume after their last position.",
    checks:
      "The result of every call is consistent with the results of all other calls and with the stored events. The " +
      "replicas agree with each other. Each follower receives every stored event of its part once, in the order of " +
      "the stream, with the position of its receipt, and no feed ends with an error. The feed is read again from 50 " +
      "stored positions. All work continues within 60 seconds after each fault.",
  },
  "single-server": {
    setup:
      "One server is killed and restarted up to 50 times, while four writers, one reader and three followers work.",
    checks: "The same as in `cluster`, except for the replicas.",
  },
  documents: {
    setup:
      "Three servers form a cluster, and the bucket of a `JetStreamDocumentStore` has three replicas. Four processes " +
      "with four workers each use the same ten documents: they increase counters, take a lock, create, delete and " +
      "list documents. Every write depends on the revision that was read. Two other processes watch the documents; " +
      "one watch of each is left and begun again every few seconds. Both NATS clients are used. The kinds of faults " +
      "are the same as in `cluster`.",
    checks:
      "Every acknowledged write has its effect once, and no rejected write has one. No turn of the lock is given to " +
      "two workers. No revision has two values, or is replaced twice. A list has each counter once. Watches do not " +
      "end, and report no counter as deleted, or with a lower value after a higher one. After the last write, every " +
      "watch holds what the store lists. All work continues within 60 seconds after each fault.",
    note:
      "As described at the end of this page, a server that was isolated or paused may answer reads with old data. A " +
      "stale read is not a violation if the missed write was acknowledged at most 30 seconds before the read began. " +
      "Writes are not affected, because each of them depends on a revision.",
  },
  "documents-single-server": {
    setup: "One server is killed and restarted repeatedly. The processes are those of `documents`.",
    checks: "The same as in `documents`. In addition, no read is stale.",
  },
  processors: {
    setup:
      "Three servers form a cluster. An `EventProcessor` with sixteen partitions runs in four processes, on event " +
      "and document stores with three replicas. Two other processes save events of 300 actors. The handlers of some " +
      "events fail for a few seconds, and those of others always fail. Their actors are parked, and retried or " +
      "discarded from another process. The kinds of faults are the same as in `cluster`, for the streams of both " +
      "stores in turn. Meanwhile, processes are killed and replaced, suspended for longer than a lease of three " +
      "seconds, or stopped and replaced. At the end, the stream of events is deleted and created again with other " +
      "events, and the processes are started once more.",
    checks:
      "Every acknowledged event is handled or discarded. No event is started before the earlier events of its " +
      "actor are done, including those of parked actors. Only the owner of a partition starts handlers, and it " +
      "handles no event twice. Another owner handles an event again only if it was not stored as handled. No " +
      "checkpoint goes back. No event is stored as handled before it is handled or parked. A wait for the last " +
      "position does not end too early. All work continues within 60 seconds after each fault of the cluster. After " +
      "the reset of the store, every process fails with `AETHER_STREAM_RESET`, and handles nothing.",
    note:
      "Leases are taken from processes that were killed or suspended, and also from processes that could not reach " +
      "the leader of the bucket for three seconds.",
  },
  "disk-full": {
    setup:
      "16 writers save until the storage is full: a stream reaches its own limit, reaches the server's limit, or " +
      "fills a small file system. Then there is space again.",
    checks:
      "Saves to the full stream fail with a documented code. Once there is space again, events of every actor can be " +
      "saved again within 30 seconds. The result of every call is consistent with the stored events.",
  },
  sqlite: {
    setup:
      "Four writers, one reader and three followers of the feed work in separate processes on one SQLite file, with " +
      "both kinds of durability. With `kill -9`, a writer, a follower or all processes at once are killed, and " +
      "replaced. In two other files, writers fill the pages that their connections may use, or a small file system, " +
      "and one of them is killed. Then there is space again.",
    checks:
      "The result of every call is consistent with the results of all other calls and with the rows of the file. " +
      "Every acknowledged event is stored, and every batch is complete or absent. Each follower receives every " +
      "stored event of its part once, in the order of the feed, with the position of its receipt, and no feed ends " +
      "with an error. The feed is read again from 50 stored positions. SQLite finds no damage in the file. All " +
      "processes continue within 60 seconds after each kill, and after a full file has space again.",
    note: "A kill of a process is not a power cut: the operating system keeps all that it has written.",
  },
  buses: {
    setup:
      "Four processes publish to each other over `NatsEventBus` on a cluster. The kinds of faults are the same as in " +
      "`cluster`.",
    checks:
      "Each event arrives at most once and in order. Once a bus has received an event of a process, it counts every " +
      "later event of this process that it misses. After each fault, all processes receive events from each other " +
      "again.",
  },
  leaks: {
    setup:
      "A store and a bus are used with each of the two NATS clients: saves, reads, aborted reads, follow reads that " +
      "are left or aborted, publishes and subscriptions. Meanwhile, the connection is cut every 2.5 seconds.",
    checks:
      "The numbers of handles in the process, and of consumers and subscriptions on the server, do not grow. Memory " +
      "grows by at most 4 MB in total, which calls in flight and buffers can explain.",
    note:
      'The values "before" are measured after a warm-up of 15% of the operations. The values "after" are measured ' +
      "while the store and the bus are still open.",
  },
  hostile: {
    setup:
      "The public functions of stores, buses and retries are called with generated inputs: hostile texts, huge and " +
      "cyclic values, and proxies that throw. Hostile records and messages are also sent to the server directly, " +
      "without the store and the bus.",
    checks:
      "Each call succeeds or fails with a documented code. Valid input is stored unchanged, and invalid input is not " +
      "stored. No connection, subscription or process ends because of an input.",
    note: "The table shows the numbers of generated inputs. A property with an empty cell does not apply there.",
  },
};

/** Explains the terms in the names of the faults. */
export const faultTerms: string = `
The leader is the leader of the test's stream; routes are the connections between servers. The servers other than the
leader are the followers.

- **kill**: the server process ends without any clean-up, and is restarted within two seconds.
- **rolling restart**: the servers are restarted one after the other.
- **step down**: the leader gives up its role, and the servers elect a leader.
- **pause**: the server process is suspended, and its connections stay open. The process resumes after 9.5 to 12
  seconds, which is longer than a server waits for its leader before it starts an election.
- **isolate**: the server's connections to the other servers are cut. Clients can still reach the server.
- **cut mid-message**: half of the bytes in transit are delivered, then the connection is reset.
- **stall**: connections stay open, but no bytes are delivered.
- **refuse**: open connections are reset, and so are new connections.
- **full**: a storage limit is reached while the writers continue to save.
`.trim();

/** Meaning of each figure, by name. */
export const meanings: Readonly<Record<string, string>> = {
  "events acknowledged": "events whose save succeeded",
  "version conflicts": "saves that were rejected because another writer had already saved the version",
  "unknown outcomes": "saves that received no reply; the event may be stored or not, and the checks accept both",
  "failed saves": "saves that failed because the store was unavailable, or because the caller aborted them",
  reads: "successful reads",
  "failed reads": "reads that failed because the store was unavailable, or because the caller aborted them",
  "writer processes": "processes that wrote at the same time",
  "reader processes": "processes that read at the same time",
  "follower processes": "processes that followed the feed at the same time; the last one reads one partition",
  "followers killed and resumed": "kills of a follower, which then continued after its last stored position",
  "events delivered to followers": "events that the followers received in total",
  "positions checked": "stored positions from which the feed was read again after the run",
  "feed pages that missed other clients' saves":
    "pages of followers that reported to have caught up, although another client had saved an event before (see the " +
    "last section of this page)",
  "connections left open by the NATS client":
    "connections that were still open after the store and the connection were closed",
  "messages stored":
    "messages in the stream at the end; each message holds the events of one or several saves to an actor",
  "events stored": "events in the stream at the end, including those of saves with an unknown outcome",
  actors: "actors that have events in the stream at the end",
  "replicas compared": "servers whose contents were read and compared",
  "slowest catch-up, ms": "time from the last call until all replicas were in sync",
  "replicas still catching up": "replicas that had only the first part of the stream when their contents were read",
  "stale reads of other clients' saves":
    "reads that missed an event although another client had saved it before the read began (see the last section of " +
    "this page)",
  "longest staleness of a read, ms":
    "longest time from the save of a missed event to the start of the read that missed it",
  "slowest recovery, ms": "longest time from the end of a fault until every process made progress again",
  "saves rejected as full":
    "saves that failed with `AETHER_STORE_FULL`; if the file system is full, JetStream is unavailable instead",
  "writers killed": "processes that were killed while they wrote to a SQLite file, each replaced by another one",
  "saves cut off by a kill":
    "saves in flight when their process was killed; the events may be stored or not, and the checks accept both",
  "saves rejected by a full file": "saves that failed because the file could not grow; nothing of them is stored",
  "document writes acknowledged": "puts and deletions that succeeded",
  "deletions among them": "deletions that succeeded",
  "turns of the lock": "times that a worker took the lock",
  "revision conflicts": "puts and deletions that were rejected because another writer was first",
  "unknown document writes":
    "puts and deletions that received no reply; they may be stored or not, and the checks accept both",
  "document calls that failed": "reads, lists, puts and deletions that failed because the store was unavailable",
  "documents read": "successful reads of one document",
  "collections listed": "successful lists of all documents",
  "watches begun": "watches of all documents, including those that were left and begun again",
  "changes watched": "changes that the watches reported in total",
  "processes that wrote": "processes that wrote at the same time, with four workers each",
  "processes that watched": "processes that watched at the same time, with two watches each",
  "stale reads of documents":
    "documents that were read in a state before a write, although the write was acknowledged before the call began; " +
    "for a watch, in the state that it first reported as current",
  "longest staleness of a document, ms":
    "longest time from the acknowledgement of a missed write to the start of the call that missed it",
  "events saved": "events whose save was acknowledged; a save whose outcome was unknown was repeated until it was",
  "events handled": "different events that were handled",
  "events handled again": "calls of the handler that succeeded although another process had handled the event",
  "events discarded": "events that always failed, and were discarded with `discardParked`",
  "checkpoints stored": "different checkpoints that the processes stored",
  "leases taken": "times that a process took a partition",
  "leases taken from processes that did not release them":
    "partitions that were taken after a process was killed, suspended, or could not reach the bucket",
  "actors parked": "events after which an actor was parked",
  "parked events handled by a retry": "events that had parked their actor, and were handled after a retry",
  "retries requested": "requests with `retryParked` that were stored",
  "processes that handled events": "processes that ran the processor at the same time",
  "faults of processes": "faults of the processes that ran the processor",
  processes: "processes that published and received at the same time",
  "events published": "calls to `publish`, without those that were rejected",
  "events received": "events that the four processes received in total",
  "events rejected": "publishes that failed because the bus was disconnected; nothing was sent",
  "events unconfirmed": "publishes that were not confirmed; the event may have been sent or not",
  "losses counted": "events that a process missed; the bus of the process counted and reported each of them",
  "messages corrupted by the client":
    "invalid messages from `nats`, which can mix the bytes of two connections if a connection is lost while it is " +
    "being established",
};

/** Limits of the tests. */
export const limits: string = `
All servers ran on one machine. A crash of that machine, a power failure, and disks that lose acknowledged writes were
not tested. An acknowledged event is [not necessarily fsynced](../packages/store-jetstream/README.md#servers). The same
seed makes the same random choices, but the timing differs from run to run, so a run cannot be repeated exactly.

In a cluster, a read may miss an event that another process saved or read before the read began. While a leader is
isolated or paused, the other servers may elect a new leader. Until the old leader notices this, it answers reads with
old data. For the same reason, the latest version in a conflict may be too low.
JetStream offers no way to ask a server whether it is still the leader. These stale reads are counted. A stale read is
not a violation if the missed events were saved at most 30 seconds before the read began. Saves are not affected,
because only the current leader can store events.
`.trim();
