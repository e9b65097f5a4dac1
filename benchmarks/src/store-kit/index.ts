import type { Event } from "@aether/core";
import { decodeEvent, type EventDefaults, prepareEvent } from "@aether/store-kit";
import { type Comparison, compare, type Side } from "../measure.ts";
import { sampleEvent } from "../sample-event.ts";
import type { Sizes, Suite } from "../suite.ts";

/** Checking, copying and freezing events, as stores do on save and on read. */
export const storeKitSuite: Suite = async (sizes, report) => {
  for (const row of rows(sizes)) report({ rows: [await compare(row)] });
};

const defaults: EventDefaults = { newId: () => crypto.randomUUID(), now: () => new Date().toISOString() };

function rows({ quick, repetitions }: Sizes): readonly Comparison[] {
  const count = quick ? 5_000 : 200_000;
  const event = sampleEvent("order-1", 1);
  const text = JSON.stringify(event);
  const repeated = (work: () => Event): Side => ({
    run: async () => {
      let versions = 0;
      for (let index = 0; index < count; index++) versions += work().version;
      return versions;
    },
  });
  return [
    {
      name: "prepareEvent: check, copy and freeze",
      against: "structuredClone, which neither checks nor freezes",
      unit: "events/s",
      goal: 1,
      repetitions,
      ours: repeated(() => prepareEvent(event, defaults)),
      baseline: repeated(() => structuredClone(event)),
    },
    {
      name: "JSON.parse and decodeEvent: check and freeze",
      against: "JSON.parse alone",
      unit: "events/s",
      goal: 0.5,
      repetitions,
      ours: repeated(() => decodeEvent(JSON.parse(text))),
      baseline: repeated(() => JSON.parse(text) as Event),
    },
  ];
}
