import { shown } from "../print.ts";
import type { Contest } from "../retry/contest.ts";
import type { PatternName } from "../retry/patterns.ts";
import { percent, table } from "./markdown.ts";

type Which = Pick<Contest, "store" | "pattern" | "writers" | "actors">;

/** Looks contests up. */
class Contests {
  readonly #all: readonly Contest[];

  constructor(all: readonly Contest[]) {
    this.#all = all;
  }

  of(pattern: PatternName, writers: number, { store = "jetstream", actors = 1 }: Partial<Which> = {}): Contest {
    const found = this.#all.find(
      (each) => each.store === store && each.pattern === pattern && each.writers === writers && each.actors === actors,
    );
    if (found === undefined) throw new Error(`nothing was measured of ${pattern} with ${writers} writers on ${store}`);
    return found;
  }
}

const saved = ({ saved, calls }: Contest): string => percent(saved, calls);
const attempts = ({ writes, saved }: Contest): string => (saved === 0 ? "-" : shown(writes / saved));
const milliseconds = (value: number | undefined): string => (value === undefined ? "-" : shown(value));

const inReadme: readonly PatternName[] = [
  "defaultPolicy",
  "simple",
  "detailed",
  "jitter",
  "jitter, full",
  "jitter, decorrelated",
  "adaptive",
  "CircuitBreaker",
  "RetryQueue",
];

const names: Readonly<Partial<Record<PatternName, string>>> = {
  "jitter, full": '`jitter({ kind: "full" })`',
  "jitter, decorrelated": '`jitter({ kind: "decorrelated" })`',
  "simple, as patient as the default": "`simple` with the attempts and bounds of the default",
  "jitter, as patient as the default": "`jitter` with the attempts and bounds of the default",
};
const nameOf = (pattern: PatternName): string => names[pattern] ?? `\`${pattern}\``;

/** What the README of the package says about which policy to take. */
export function policySection(all: readonly Contest[]): string {
  const contests = new Contests(all);
  return [
    "Share of events saved, by 4, 16 and 64 writers in four processes that write to one actor on JetStream without a pause, and",
    "for the 64 the milliseconds from the call to its success and the saves sent for each one that succeeded:",
    "",
    onOneActor(contests),
    "",
    "The usual advice, held against these figures:",
    "",
    ...adviceOf(contests).map(
      ({ advice, holds, evidence }) => `- *${advice}* **${holds ? "Holds" : "Does not hold"}.** ${evidence}`,
    ),
  ].join("\n");
}

function onOneActor(contests: Contests): string {
  return table(
    ["policy", "4 writers", "16", "64", "p50 ms", "p99 ms", "attempts"],
    inReadme.map((pattern) => {
      const most = contests.of(pattern, 64);
      return [
        nameOf(pattern),
        saved(contests.of(pattern, 4)),
        saved(contests.of(pattern, 16)),
        saved(most),
        milliseconds(most.p50Ms),
        milliseconds(most.p99Ms),
        attempts(most),
      ];
    }),
  );
}

interface Advice {
  readonly advice: string;
  readonly holds: boolean;
  readonly evidence: string;
}

/** The words are fixed; the figures, and whether it holds, are what was measured. */
function adviceOf(contests: Contests): readonly Advice[] {
  const rate = ({ saved, calls }: Contest): number => saved / calls;
  const of64 = (pattern: PatternName): Contest => contests.of(pattern, 64);
  const [simple, jitter, full] = [of64("simple"), of64("jitter"), of64("jitter, full")];
  const [patient, patientJitter] = [
    of64("simple, as patient as the default"),
    of64("jitter, as patient as the default"),
  ];
  const [byDefault, adaptive, breaker, queue] = [
    of64("defaultPolicy"),
    of64("adaptive"),
    of64("CircuitBreaker"),
    of64("RetryQueue"),
  ];
  const inMemory = (pattern: PatternName): Contest => contests.of(pattern, 64, { store: "memory" });
  const [few, fewElsewhere] = [contests.of("simple", 4), contests.of("simple", 4, { actors: 10 })];
  return [
    {
      advice: "`simple` where contention is low.",
      holds: rate(few) >= 0.99 && rate(fewElsewhere) >= 0.99,
      evidence:
        `Four writers saved ${saved(few)} on one actor, and ${saved(fewElsewhere)} on ten; 16 saved ` +
        `${saved(contests.of("simple", 16))} on one.`,
    },
    {
      advice: "`jitter` where contention is high.",
      holds: rate(jitter) >= 0.99 && rate(full) >= 0.99,
      evidence:
        `Three attempts are too few, whatever the waits: 64 writers saved ${saved(jitter)} with it, ${saved(full)} with full ` +
        `jitter, ${saved(simple)} with \`simple\`. With the 30 attempts of the default, \`simple\` saved ${saved(patient)} ` +
        `(p99 ${milliseconds(patient.p99Ms)} ms), additive jitter ${saved(patientJitter)} (${milliseconds(patientJitter.p99Ms)} ms), ` +
        `full jitter, which is the default, ${saved(byDefault)} (${milliseconds(byDefault.p99Ms)} ms). In one process, where ` +
        `writers wake in step, chance matters more: ${saved(inMemory("simple, as patient as the default"))} (p99 ` +
        `${milliseconds(inMemory("simple, as patient as the default").p99Ms)} ms), ${saved(inMemory("jitter, as patient as the default"))} ` +
        `(${milliseconds(inMemory("jitter, as patient as the default").p99Ms)} ms), ${saved(inMemory("defaultPolicy"))} ` +
        `(${milliseconds(inMemory("defaultPolicy").p99Ms)} ms).`,
    },
    {
      advice: "`adaptive`, because the distance tells how long to wait.",
      holds:
        rate(adaptive) >= rate(byDefault) && adaptive.writes / adaptive.saved <= byDefault.writes / byDefault.saved,
      evidence:
        `64 writers saved ${saved(adaptive)} with ${attempts(adaptive)} attempts each, against ${saved(byDefault)} with ` +
        `${attempts(byDefault)} by default: those that missed the same number of versions wait equally long.`,
    },
    {
      advice: "A `CircuitBreaker` protects under contention.",
      holds: rate(breaker) >= 0.99,
      evidence:
        `Conflicts in a row are normal there, and open it: 64 writers saved ${saved(breaker)}, 16 saved ` +
        `${saved(contests.of("CircuitBreaker", 16))}; of 64 on ten actors ${saved(contests.of("CircuitBreaker", 64, { actors: 10 }))}.`,
    },
    {
      advice: "A `RetryQueue` where nobody waits.",
      holds: rate(queue) >= 0.99,
      evidence:
        `Its appends of one actor take turns, so that a process never meets itself: ${saved(queue)} with ${attempts(queue)} attempts ` +
        `each. When processes do meet, the wait is long: p99 ${milliseconds(queue.p99Ms)} ms.`,
    },
  ];
}

/** Every contest, for the page of all figures. */
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
        shown(contest.writes - contest.saved),
      ]);
      const head = ["policy", "writers", "saved", "p50 ms", "p99 ms", "attempts per success", "wasted writes"];
      return `**${title}**\n\n${table(head, rows)}`;
    })
    .join("\n\n");
}
