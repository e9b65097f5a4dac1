import { inFlight } from "../in-flight.ts";
import type { JetStreamBench } from "../jetstream/bench.ts";
import { sampleEvent } from "../sample-event.ts";
import type { Figure, Sizes } from "../suite.ts";

const IN_FLIGHT = 64;
const MAX_LAG = 2_000;

/** The longest time for which a follower lags, while the same process saves as fast as it can. */
export async function lagFigure(bench: JetStreamBench, { quick }: Sizes): Promise<Figure> {
  const store = await bench.open("lag");
  const saves = quick ? 10_000 : 200_000;
  let [saved, delivered] = [0, 0];
  let [laggingSinceMs, longestMs]: [number | undefined, number] = [undefined, 0];
  const measure = (): void => {
    const nowMs = performance.now();
    if (laggingSinceMs !== undefined) longestMs = Math.max(longestMs, nowMs - laggingSinceMs);
    if (saved - delivered <= MAX_LAG) laggingSinceMs = undefined;
    else laggingSinceMs ??= nowMs;
  };
  const following = (async () => {
    for await (const { events } of store.readFeed({ follow: true })) {
      delivered += events.length;
      measure();
      if (delivered === saves) return;
    }
  })();
  await inFlight(saves, IN_FLIGHT, async (index) => {
    await store.saveEvent(sampleEvent(`order-${index % 1_000}`, Math.floor(index / 1_000) + 1));
    saved++;
    measure();
  });
  await following;
  return {
    name: `longest time that a follower lags ${MAX_LAG.toLocaleString("en")} events, with ${IN_FLIGHT} saves in flight`,
    value: longestMs,
    unit: "ms",
    maximum: 1_000,
  };
}
