import type { SuiteName } from "../suites.ts";

/** What stands above all figures. */
export const introduction = `# Benchmarks

Every figure on this page comes from \`docs/benchmarks/results.json\`, and every sentence with a figure is made from it.

\`\`\`sh
npm run bench                         # everything, in less than a quarter of an hour; fails if a goal is missed
npm run bench -- --only memory,retry  # some of it
npm run bench -- --quick              # does everything work? Its figures mean nothing
npm run bench -- --json FILE          # keeps the results; suites that were not run stay as they are in the file
npm run bench:page                    # makes this page from docs/benchmarks/results.json
\`\`\`

## How it is measured

Each row runs Aether's code and a baseline in turn in one process, A B A B, at least five times after a round of each that
does not count. The ratio is the median of those of neighbours, so that a machine that changes meanwhile does not decide; the
spread is the least and the greatest of them. CPU is the time of all threads of the measuring process for one operation,
allocated is what V8's sampling saw in the round before the first, ours / baseline. A goal is a bound on the ratio.

Before each run what the other side left is collected: everything, or the young generation only, where little is left. A full
collection also throws away code that was optimized for objects which nobody holds at that moment, and a run of a tenth of a
second is over before it is optimized again; no running server is that cold.

## How a figure can mislead

- **Absolute figures belong to a machine.** Read the ratios: both sides met the same machine at the same time.
- **A ratio within a tenth of 1 is a tie.** Look at the spread before you believe a difference.
- **A loop is not an application.** Everything here is hot, compiled and in cache, and waits for nothing else.
- **The server is on the same machine.** It competes for CPU, and a network would hide most of what a client costs.
- **Peers promise different things.** None of the in-memory ones copies and freezes what it is given; some do not check
  versions, or give no receipts. A faster baseline may just do less.
- **Throughput hides latency.** Many operations in flight look fast while each one waits.
- **Acknowledged is not on the disk.** JetStream's figures are those of a stock server, which syncs later.`;

/** What is said of each suite. */
export const suiteTexts: Readonly<Record<SuiteName, { readonly title: string; readonly about: string }>> = {
  memory: {
    title: "The store in memory",
    about:
      "Events are made beforehand, with ids and timestamps, and each is appended when the one before it is stored. The bare Map is the limit: it copies and freezes, and checks nothing but the version. Castore and emmett keep the objects that they are given. Castore has no batches for one aggregate, so there is no row of that.",
  },
  codec: {
    title: "The codec",
    about: "What every event passes on its way into a store or out of it.",
  },
  jetstream: {
    title: "The JetStream store",
    about:
      "Against the raw client, `@nats-io/jetstream`, that does by hand what the store does: publish with an expectation, read with an ordered consumer, JSON included. What is saved or published is made beforehand.",
  },
  bus: {
    title: "The event buses",
    about:
      "The first rows publish an event that the bus has seen before, as one does that a store has handed out and several buses carry; one that it has not seen is checked, and that row shows what it costs. On NATS, a thousand publishes are under way at once, and another process publishes what is received.",
  },
  retry: {
    title: "Retry policies",
    about:
      "Writers save ten events each, 64 of them five, one after the other and without a pause, on one actor or on ten by chance. Each decides by a look at the history. Latency is that of the calls that were saved: a policy that gives up soon looks quick. A wasted write is a save that met a conflict. A `RetryQueue` is one for each process.",
  },
  growth: {
    title: "Growth",
    about:
      "The same append and the same load of ten events in stores of growing size, measured in turn: as many events for each of a thousand actors, and one event for each of ever more actors.",
  },
  cluster: {
    title: "A cluster of three",
    about:
      "A stream with three replicas against a stream on one server. All four servers and the client share one machine, so that a real cluster has more CPU and a slower network.",
  },
  start: {
    title: "Cold start and install size",
    about:
      "The import of each package into a fresh process, all that it depends on included; and the unpacked size of what npm brings, without the NATS client, which is the application's own.",
  },
};
