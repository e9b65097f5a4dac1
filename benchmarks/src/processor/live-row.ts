import type { DocumentStore } from "@aether/core";
import { EventProcessor } from "@aether/processor";
import type { JetStreamBench } from "../jetstream/bench.ts";
import { median, moreRepetitions, type Result } from "../measure.ts";
import { sampleEvent } from "../sample-event.ts";
import type { Sizes } from "../suite.ts";

/** The time until a handler starts, compared with the time until the acknowledgement of the same save. */
export async function liveRow(bench: JetStreamBench, documents: DocumentStore, sizes: Sizes): Promise<Result> {
  const store = await bench.open("processor-live");
  const saves = sizes.quick ? 100 : 2_000;
  let onEvent = (_atMs: number): void => {};
  const handle = (): void => onEvent(performance.now());
  await using processor = new EventProcessor(store, { name: "live", documents, handle });
  await processor.start();
  let version = 0;
  const rounds: { readonly ours: number; readonly baseline: number }[] = [];
  // Round -1 is the warm-up, whose values are not kept.
  for (let round = -1; round < moreRepetitions(sizes); round++) {
    const [handlerMs, ackMs]: [number[], number[]] = [[], []];
    for (let save = 0; save < saves; save++) {
      const event = sampleEvent("order-1", ++version);
      const handled = new Promise<number>((resolve) => (onEvent = resolve));
      const startedMs = performance.now();
      await store.saveEvent(event);
      ackMs.push(performance.now() - startedMs);
      handlerMs.push((await handled) - startedMs);
    }
    if (round >= 0) rounds.push({ ours: median(handlerMs), baseline: median(ackMs) });
  }
  const ratios = rounds.map(({ ours, baseline }) => ours / baseline);
  return {
    name: "saveEvent until a handler starts, median",
    against: "until the acknowledgement of the same save",
    unit: "ms",
    ours: median(rounds.map(({ ours }) => ours)),
    baseline: median(rounds.map(({ baseline }) => baseline)),
    ratio: median(ratios),
    goal: 1.5,
    lowerIsBetter: true,
    spread: [Math.min(...ratios), Math.max(...ratios)],
  };
}
