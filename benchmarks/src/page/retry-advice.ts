import { formatNumber } from "../print.ts";
import type { Contest } from "../retry/contest.ts";
import { hasDefaultOptions, type PatternName, patternNames } from "../retry/patterns.ts";
import { percent, table } from "./markdown.ts";

/** The results of all contests, by pattern and contention. */
class Contests {
  readonly #all: readonly Contest[];

  constructor(all: readonly Contest[]) {
    this.#all = all;
  }

  of(
    pattern: PatternName,
    writers: number,
    { store = "jetstream", actors = 1 }: Partial<Pick<Contest, "store" | "actors">> = {},
  ): Contest {
    const found = this.#all.find(
      (each) => each.store === store && each.pattern === pattern && each.writers === writers && each.actors === actors,
    );
    if (found === undefined) throw new Error(`no result for ${pattern} with ${writers} writers on ${store}`);
    return found;
  }
}

const saved = ({ saved, calls }: Contest): string => percent(saved, calls);
const attempts = ({ writes, saved }: Contest): string => (saved === 0 ? "-" : formatNumber(writes / saved));
const milliseconds = (value: number | undefined): string => (value === undefined ? "-" : formatNumber(value));

const names: Readonly<Partial<Record<PatternName, string>>> = {
  "jitter, full": '`jitter({ kind: "full" })`',
  "jitter, decorrelated": '`jitter({ kind: "decorrelated" })`',
  "simple, default limits": "`simple` with the limits of `defaultPolicy`",
  "jitter, default limits": "`jitter` with the limits of `defaultPolicy`",
};
const nameOf = (pattern: PatternName): string => names[pattern] ?? `\`${pattern}\``;

/** Renders the section of the retry README that compares the policies. */
export function policySection(all: readonly Contest[]): string {
  const contests = new Contests(all);
  return [
    "The table shows the share of events that 4, 16 and 64 writers saved. The writers run in four processes, and all",
    "of them write to one actor on JetStream without pauses. For 64 writers, the table also shows the time from a",
    "call to its success (median and 99th percentile), and the attempts (saves sent) per saved event:",
    "",
    onOneActor(contests),
    "",
    "Common advice, checked against these figures:",
    "",
    ...adviceOf(contests).map(
      ({ advice, holds, evidence }) => `- *${advice}* **${holds ? "Holds" : "Does not hold"}.** ${evidence}`,
    ),
  ].join("\n");
}

function onOneActor(contests: Contests): string {
  return table(
    ["policy", "4 writers", "16 writers", "64 writers", "p50 ms", "p99 ms", "attempts"],
    patternNames.filter(hasDefaultOptions).map((pattern) => {
      const with64 = contests.of(pattern, 64);
      return [
        nameOf(pattern),
        saved(contests.of(pattern, 4)),
        saved(contests.of(pattern, 16)),
        saved(with64),
        milliseconds(with64.p50Ms),
        milliseconds(with64.p99Ms),
        attempts(with64),
      ];
    }),
  );
}

interface Advice {
  readonly advice: string;
  readonly holds: boolean;
  readonly evidence: string;
}

/** Returns common advice with evidence. The wording is fixed; the figures and the verdict come from the measurement. */
function adviceOf(contests: Contests): readonly Advice[] {
  const rate = ({ saved, calls }: Contest): number => saved / calls;
  const of64 = (pattern: PatternName): Contest => contests.of(pattern, 64);
  const [simple, jitter, full] = [of64("simple"), of64("jitter"), of64("jitter, full")];
  const [longSimple, longJitter] = [of64("simple, default limits"), of64("jitter, default limits")];
  const [byDefault, adaptive, breaker, queue] = [
    of64("defaultPolicy"),
    of64("adaptive"),
    of64("CircuitBreaker"),
    of64("RetryQueue"),
  ];
  const inMemory = (pattern: PatternName): Contest => contests.of(pattern, 64, { store: "memory" });
  const [onOneActor, onTenActors] = [contests.of("simple", 4), contests.of("simple", 4, { actors: 10 })];
  const breakerOnTen = contests.of("CircuitBreaker", 64, { actors: 10 });
  const savedWithin = (contest: Contest): string => `${saved(contest)} (p99 ${milliseconds(contest.p99Ms)} ms)`;
  return [
    {
      advice: "Use `simple` if contention is low.",
      holds: rate(onOneActor) >= 0.99 && rate(onTenActors) >= 0.99,
      evidence:
        `Four writers saved ${saved(onOneActor)} of their events to one actor, and ${saved(onTenActors)} to ten ` +
        `actors. 16 writers saved ${saved(contests.of("simple", 16))} to one actor.`,
    },
    {
      advice: "Use `jitter` if contention is high.",
      holds: rate(jitter) >= 0.99 && rate(full) >= 0.99,
      evidence:
        `Three attempts are too few, regardless of the waits: 64 writers saved ${saved(jitter)} with \`jitter\`, ` +
        `${saved(full)} with full jitter, and ${saved(simple)} with \`simple\`. With the 30 attempts of the default ` +
        `policy, \`simple\` saved ${savedWithin(longSimple)}, additive jitter ${savedWithin(longJitter)}, and full ` +
        `jitter, which is the default policy, ${savedWithin(byDefault)}. Randomness matters more if all writers run ` +
        `in one process, because they wake up at the same time. In memory, the same three policies saved ` +
        `${savedWithin(inMemory("simple, default limits"))}, ${savedWithin(inMemory("jitter, default limits"))}, and ` +
        `${savedWithin(inMemory("defaultPolicy"))}.`,
    },
    {
      advice: "Use `adaptive`, because the number of missed versions indicates how long to wait.",
      holds:
        rate(adaptive) >= rate(byDefault) && adaptive.writes / adaptive.saved <= byDefault.writes / byDefault.saved,
      evidence:
        `64 writers saved ${saved(adaptive)} of their events with ${attempts(adaptive)} attempts per event. With ` +
        `the default policy, they saved ${saved(byDefault)} with ${attempts(byDefault)} attempts. Writers that ` +
        `missed the same number of versions wait equally long and conflict again.`,
    },
    {
      advice: "Use a `CircuitBreaker` to protect the store under contention.",
      holds: rate(breaker) >= 0.99,
      evidence:
        `Consecutive conflicts are normal under contention, and they open the circuit. 64 writers saved ` +
        `${saved(breaker)} of their events to one actor, and ${saved(breakerOnTen)} to ten actors. 16 writers saved ` +
        `${saved(contests.of("CircuitBreaker", 16))} to one actor.`,
    },
    {
      advice: "Use a `RetryQueue` if no caller waits for the result.",
      holds: rate(queue) >= 0.99,
      evidence:
        `The queue appends the events of one actor one after the other, so writers in one process do not conflict ` +
        `with each other. 64 writers saved ${saved(queue)} of their events with ${attempts(queue)} attempts per ` +
        `event. After a conflict between processes, the wait is long: the p99 is ${milliseconds(queue.p99Ms)} ms.`,
    },
  ];
}

/** Renders the results of all contests, for docs/benchmarks.md. */
export function contestTables(all: readonly Contest[]): string {
  const groups = new Map<string, Contest[]>();
  for (const contest of all) {
    const title = `${contest.store === "memory" ? "In memory" : "JetStream, four processes"}, ${
      contest.actors === 1 ? "one actor" : `${contest.actors} actors`
    }`;
    groups.set(title, [...(groups.get(title) ?? []), contest]);
  }
  return [...groups]
    .map(([title, contests]) => {
      const rows = contests.map((contest) => [
        nameOf(contest.pattern),
        String(contest.writers),
        saved(contest),
        milliseconds(contest.p50Ms),
        milliseconds(contest.p99Ms),
        attempts(contest),
        formatNumber(contest.writes - contest.saved),
      ]);
      const head = ["policy", "writers", "saved", "p50 ms", "p99 ms", "attempts per success", "wasted writes"];
      return `**${title}**\n\n${table(head, rows)}`;
    })
    .join("\n\n");
}
