import type { JetStreamBench } from "../jetstream/bench.ts";
import { median, moreRepetitions, type Result } from "../measure.ts";
import { sampleEvent } from "../sample-event.ts";
import type { Sizes } from "../suite.ts";

/** The time until a follower has an event, compared with the time until the acknowledgement of the same save. */
export async function liveRow(bench: JetStreamBench, sizes: Sizes): Promise<Result> {
  const store = await bench.open("live");
  const saves = sizes.quick ? 100 : 2_000;
  let onEvent = (_atMs: number): void => {};
  const stop = new AbortController();
  const following = (async () => {
    for await (const { events } of store.readFeed({ follow: true, signal: stop.signal })) {
      for (const _ of events) onEvent(performance.now());
    }
  })().catch(() => {});
  let version = 0;
  const rounds: { readonly ours: number; readonly baseline: number }[] = [];
  // Round -1 is the warm-up, whose values are not kept.
  for (let round = -1; round < moreRepetitions(sizes); round++) {
    const [pageMs, ackMs]: [number[], number[]] = [[], []];
    for (let save = 0; save < saves; save++) {
      const event = sampleEvent("order-1", ++version);
      const arrived = new Promise<number>((resolve) => (onEvent = resolve));
      const startedMs = performance.now();
      await store.saveEvent(event);
      ackMs.push(performance.now() - startedMs);
      pageMs.push((await arrived) - startedMs);
    }
    if (round >= 0) rounds.push({ ours: median(pageMs), baseline: median(ackMs) });
  }
  stop.abort();
  await following;
  const ratios = rounds.map(({ ours, baseline }) => ours / baseline);
  return {
    name: "saveEvent until a follower has the event, median",
    against: "until the acknowledgement of the same save",
    unit: "ms",
    ours: median(rounds.map(({ ours }) => ours)),
    baseline: median(rounds.map(({ baseline }) => baseline)),
    ratio: median(ratios),
    goal: 1.3,
    lowerIsBetter: true,
    spread: [Math.min(...ratios), Math.max(...ratios)],
  };
}
