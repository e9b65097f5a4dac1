import type { JetStreamStoreOptions } from "../../src/index.ts";
import { resolveOptions } from "../../src/options.ts";
import type { StreamInfo } from "../../src/protocol/jetstream-api.ts";
import { eventsPlan, type StreamPlan } from "../../src/stream/stream-plan.ts";

/** The plan of the events of a store named "es". */
export function planOfEvents(options: Partial<JetStreamStoreOptions> = {}): StreamPlan {
  return eventsPlan(resolveOptions({ streamName: "es", ...options }));
}

/** The description of a stream that was created according to a plan. */
export function infoOf(
  { config }: StreamPlan,
  settings: Readonly<Record<string, unknown>> = {},
  state: StreamInfo["state"] = { first_seq: 1, last_seq: 10 },
  created = "2026-01-01T00:00:00Z",
): StreamInfo {
  return { config: { ...config, ...settings }, created, state };
}
