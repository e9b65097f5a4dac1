import type { SuiteName } from "../suites.ts";

/** The part of the page above all figures. */
export const introduction: string = `
# Benchmarks

How fast the packages are, and how much memory they use, compared with their alternatives: the raw NATS client, other
event stores, or a few lines of hand-written code. A comparison shows the price, or the gain, of using Aether instead.

The page is generated from \`docs/benchmarks/results.json\`, including every sentence that contains a figure. To
measure on your own machine, clone the repository:

\`\`\`sh
npm run bench                         # everything, in less than 15 minutes; fails if a goal is missed
npm run bench -- --only memory,retry  # some of the suites
npm run bench -- --quick              # a smoke test; the figures are meaningless
npm run bench -- --json FILE          # stores the results; suites that did not run are kept in the file
npm run bench:page                    # generates this page from docs/benchmarks/results.json
\`\`\`

## How it is measured

Each row compares Aether's code ("ours") with a baseline. Both run in turn in one process, A B A B, at least five
times, after a warm-up round of each.

- **ours, baseline**: the median of all runs.
- **ratio**: ours divided by the baseline. Each ratio is computed from two adjacent runs, and the table shows the
  median, so that drift in machine speed cancels out. More is better, except for times and sizes.
- **spread**: the lowest and the highest of these ratios.
- **goal**: a bound on the ratio. A missed goal is marked, and a list below the table gives the reason.
- **CPU**: time of all threads of the measuring process per operation, ours / baseline. The server is not included.
- **allocated**: bytes that one operation allocates on the heap, ours / baseline, estimated by V8's sampling.
- **charts of ratios**: each bar is a ratio relative to its goal, on a logarithmic scale. It ends to the right of the
  dashed line if the goal is reached. The thin line is the spread.

Garbage from the other side is collected before each run. Rows that leave little garbage collect the young generation
only, because a full collection also discards optimized code, and the run would start colder than any running server.

## How figures can mislead

- **Absolute figures depend on the machine.** Read the ratios: both sides ran on the same machine at the same time.
- **A ratio between 0.9 and 1.1 is a tie.** Look at the spread before you conclude that one side is faster.
- **A loop is not an application.** All code here is hot, compiled and in the CPU's cache, and waits for nothing else.
- **The server runs on the same machine.** It competes for the CPUs, and a network would hide most of a client's cost.
- **Peers make different promises.** None of the in-memory peers copies and freezes its input. Some do not check
  versions, or return no receipts. A faster baseline may do less.
- **Throughput hides latency.** With many operations in flight, each single one may take long.
- **Acknowledged is not on disk.** JetStream's figures are those of a server with default settings, which syncs later.
`.trim();

/** Title and description of each suite. */
export const suiteTexts: Readonly<Record<SuiteName, { readonly title: string; readonly about: string }>> = {
  memory: {
    title: "In-memory store",
    about: `
The events, with ids and timestamps, are created before the timed run. Each append waits for the previous one. The
plain Map shows the limit: it copies and freezes, and checks nothing but the version. Castore and emmett store the
caller's objects. Castore has no batches for one aggregate, so no row compares them.`,
  },
  "store-kit": {
    title: "Store kit",
    about: "The checks that every event passes on its way into a store and out of it.",
  },
  jetstream: {
    title: "JetStream store",
    about: `
Unless a row names another baseline, it is the raw client, \`@nats-io/jetstream\`, in code that does the store's work
by hand: publish with an expectation, read with an ordered consumer, encode and parse JSON. The events are created
before the timed run.`,
  },
  bus: {
    title: "Event buses",
    about: `
A bus checks an event when it sees it for the first time, and one row shows that cost. The other rows publish events
that the bus has seen before, such as events that a store returned. On NATS, 1,000 publishes are in flight at once,
and received events come from another process.`,
  },
  retry: {
    title: "Retry policies",
    about: `
The rows compare the overhead of a policy when there is no conflict. The tables below them show contention: writers
save ten events each (five each with 64 writers), one after the other and without a pause, on one actor, or on one of
ten chosen at random. Each decision reads the history first. Latency is measured for calls that saved their event: a
policy that gives up early looks fast. A wasted write is a save that met a conflict. Each process has one
\`RetryQueue\`.`,
  },
  growth: {
    title: "Growth",
    about: `
The same append, and the same load of ten events, in stores of increasing size, measured in turn. In one half of the
charts 1,000 actors have more and more events, in the other half more and more actors have one event each.`,
  },
  cluster: {
    title: "Cluster of three servers",
    about: `
A stream with three replicas, compared with a stream on one server. All four servers and the client share one machine.
A real cluster has more CPUs and a slower network.`,
  },
  start: {
    title: "Cold start and install size",
    about: `
The time to import each package, including its dependencies, in a new process; and the unpacked size of everything
that npm installs. The NATS client is not included, because the application chooses it.`,
  },
};
