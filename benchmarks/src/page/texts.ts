import type { SuiteName } from "../suites.ts";

/** The beginning of the page, above all results. */
export const introduction: string = `
# Benchmarks

This page shows the speed and the memory use of the packages, compared with their alternatives: the raw NATS client,
other event stores, or a few lines of hand-written code. Each comparison shows what using Aether costs, or gains, you.

All results on this page are generated from \`docs/benchmarks/results.json\`. To measure on your own machine, clone the
repository and run one of these commands:

\`\`\`sh
npm run bench                         # runs all suites, takes under 15 minutes
npm run bench -- --only memory,retry  # runs only these suites
npm run bench -- --quick              # a smoke test; the figures are meaningless
npm run bench -- --json FILE          # writes the results to FILE, where results of other suites stay
npm run bench:page                    # generates this page from docs/benchmarks/results.json
\`\`\`

Except with \`--quick\`, the command fails if a goal is missed and no accepted reason is recorded in the code.

## Method

Each row compares Aether's code ("ours") with a baseline. Unless the section says otherwise, one process runs both in
turn (A B A B), at least five times each, after one warm-up run of each.

- **ours, baseline**: the median of all runs.
- **ratio**: ours divided by the baseline. A ratio is computed from each pair of adjacent runs, and the table shows the
  median of these ratios, so that changes in the machine's speed cancel out. Higher is better, except for times and
  sizes, where lower is.
- **spread**: the lowest and the highest of these ratios.
- **goal**: the lowest accepted ratio, or the highest where lower is better. Missed goals are marked, and a list below
  the table gives the reasons.
- **CPU**: CPU time per operation of all threads of the measuring process, ours / baseline. The server's CPU time is not
  included.
- **allocated**: heap memory that one operation allocates, ours / baseline, estimated with V8's sampling heap profiler.
- **charts of ratios**: each bar shows a ratio relative to its goal, on a logarithmic scale. The bar starts at the
  dashed line, which is the goal. It extends to the right if the goal is met, and to the left if it is missed, whether
  the goal is a minimum or a maximum. The thin line is the spread.

Before each run, the garbage that the previous run left is collected. If there is little of it, only V8's young
generation is collected: a full collection would also discard optimized code and slow the run down.

## How figures can mislead

- **Absolute figures depend on the machine.** Read the ratios instead: both sides ran in turn on the same machine.
- **A ratio between 0.9 and 1.1 is a tie.** Look at the spread before you conclude that one side is faster.
- **A loop is not an application.** Except for cold starts, all code here is hot: V8 has optimized it, and it is in the
  CPU's cache. It also waits for nothing, except for the NATS server in the rows that use one.
- **The server runs on the same machine.** It competes with the client for the CPUs. With a network between them,
  waiting for replies would hide most of the client's cost.
- **Other libraries give different guarantees.** For example, the other in-memory stores neither freeze events nor copy
  their data, and the raw NATS client does not check events. A faster baseline may do less.
- **Throughput hides latency.** With many operations in flight, each one may take a long time.
- **Acknowledged does not mean on disk.** nats-server syncs to disk only every two minutes by default.
`.trim();

/** Title and description of each suite. */
export const suiteTexts: Readonly<Record<SuiteName, { readonly title: string; readonly about: string }>> = {
  memory: {
    title: "In-memory store",
    about: `
The events, with their ids and timestamps, are created before the timed run. Each append waits for the previous one.
The plain Map copies and freezes the events, compares their versions, and does little else. Its speed is about the
highest that a store of immutable events can reach. Castore and emmett store the caller's \`data\` objects without
copying them. Castore cannot append a batch to one aggregate, so batches are compared with emmett only. \`getEvents\`
returns a list of all 1,000 events without copying them: its figure is the number of calls per second, times 1,000.`,
  },
  "store-kit": {
    title: "Store kit",
    about: `
Stores use these functions to check events: \`prepareEvent\` before an event is saved, and \`decodeEvent\` after an
event is read as JSON.`,
  },
  sqlite: {
    title: "SQLite store",
    about: `
The baseline is code that an application would write by hand: prepared statements on the same driver and a table with
the same columns. It does not copy, freeze or check events, and returns no positions. The driver is the one of Node.js
if the version has one, and libsql otherwise. The events are created before the timed run. With
\`synchronous: "full"\`, saves that are in flight at the same time share a transaction, and so the wait for the disk.
Emmett's store for SQLite is not compared: its driver runs a script when it is installed, which this repository does
not allow.`,
  },
  jetstream: {
    title: "JetStream store",
    about: `
The baseline is the raw client, \`@nats-io/jetstream\`, unless a row names another one. The baseline's code does the
store's work by hand: it publishes with the expected sequence, reads with an ordered consumer, and encodes and parses
JSON. It publishes the events of one actor one at a time, because each publish expects the sequence of the previous
one. The events are created before the timed run. The option \`noAsyncTraces\` makes the client faster: without it, the
client records a stack trace for each request and adds it to errors. The memory of the version cache is measured once.`,
  },
  feed: {
    title: "Feeds",
    about: `
The first row reads the feed of the in-memory store. All other rows use JetStream. Catching up is compared with the raw
client, \`@nats-io/jetstream\`, which reads the same messages and does not check them. The partitions are compared with
a read of all events by the same store. A follower gets an event over another subscription than the acknowledgement of
its save. Both times begin with the call of \`saveEvent\`, and one save is in flight. For the time that a follower lags,
one process saves and follows. The memory of a busy reader includes the buffers of the connection.`,
  },
  documents: {
    title: "Documents",
    about: `
The first row puts documents into the in-memory store, one after the other. The baseline is a map from ids to deeply
frozen copies, which checks nothing. The other rows use a NATS key-value bucket with 10,000 documents. Their baseline is
the client's own key-value package, with \`JSON.stringify\` and \`entry.json()\`. By default, it uses direct gets.`,
  },
  processor: {
    title: "Processor",
    about: `
Each run handles all events under a new name, from the first event to the last. The baseline of the first and the third
row reads the same feed and does nothing else. The handlers that wait do so with a timer. Under "no checkpoint before
the end", the processor writes only the record of its lease. A handler gets an event over another subscription than the
acknowledgement of its save; both times begin with the call of \`saveEvent\`. The process that is killed runs on the
same machine.`,
  },
  projections: {
    title: "Projections",
    about: `
Each run builds the documents of a new projection from the first event. The loop over the feed reads the same events and
does nothing but call the same function. Emmett's projection handles the events in groups of a thousand, and looks for
each document in a list. On JetStream, events and documents are on the same server. The loop that writes the document of
each event waits for one call after the other. An own write is read as soon as its save is acknowledged: the time
includes the delivery of the event and the write of the document.`,
  },
  bus: {
    title: "Event buses",
    about: `
A bus checks each event. It checks a deeply frozen event, such as one that a store returned, only when the event is
published for the first time. One row publishes new events and shows the cost of this check. The other rows that publish
repeat events that were checked already. On NATS, 1,000 publishes are in flight at once, and the received events
come from another process.`,
  },
  retry: {
    title: "Retry policies",
    about: `
The first three rows compare the overhead of retries when there is no conflict. The last two check that
\`defaultPolicy\` saves every event of 64 writers. The tables below these rows show contention: each writer saves ten
events (five if there are 64 writers), one after the other and without a pause. All writers save to the same actor, or
each event goes to one of ten actors, chosen at random. Before each save, the writer reads the actor's history. The
writers of a process share one \`RetryQueue\`.

- **saved**: the share of all events that were saved.
- **p50 ms, p99 ms**: the median and the 99th percentile of the time from a call to its success. Calls that failed are
  not included, so a policy that stops retrying early looks fast.
- **attempts per success**: the number of saves sent to the store, divided by the number of events saved.
- **wasted writes**: the number of saves that were rejected with a conflict.`,
  },
  decider: {
    title: "Commands",
    about: `
A handler of commands is compared with saves of the same events whose versions are known, one save after the other. The
decision and the next state take little time. In the rows that compare it with emmett, the states are in the handler's
cache, as in a process that has handled a command of each actor before. Emmett has no cache, and its appends become
slower with more streams. For the figures about contention, all writers send commands to one actor on JetStream, without
pauses. The store counts its calls. Each process reads the actor once at the beginning, which is not counted.`,
  },
  growth: {
    title: "Growth",
    about: `
These charts show the time of an append, and the time to load an actor's events, as a store grows. Each store is filled
first. Then events are appended one after the other to a new actor, and the ten events of another new actor are loaded
repeatedly. The stores of different sizes are measured in turn. In half of the charts, 1,000 actors have an increasing
number of events. In the other half, an increasing number of actors have one event each. The benchmark does not collect
garbage before these runs.`,
  },
  cluster: {
    title: "Cluster of three servers",
    about: `
A stream with three replicas is compared with a stream on one server. All four servers and the client share one machine.
A real cluster usually has more CPUs and a slower network.`,
  },
  start: {
    title: "Cold start and install size",
    about: `
This section shows the time to import each package with its dependencies in a new process, and the unpacked size of the
package and its dependencies. The start of Node.js is not included in the times. The NATS client is not included in the
sizes, because the application chooses it.`,
  },
};
