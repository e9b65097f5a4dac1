import type { NewEvent } from "@aether/core";
import fc from "fast-check";
import { name } from "./texts.ts";
import {
  anything,
  anythingBut,
  data,
  invalidData,
  invalidName,
  invalidVersion,
  type JsonValue,
  type MakeValue,
  metadata,
} from "./values.ts";

/** A valid event without a version. */
export interface Draft {
  readonly actorId: string;
  readonly eventType: string;
  readonly id: string | undefined;
  readonly data: JsonValue;
  readonly metadata: JsonValue | undefined;
}

/** Drafts with all kinds of valid names and data. */
export const draft: fc.Arbitrary<Draft> = fc.record({
  actorId: name,
  eventType: name,
  id: fc.option(name, { nil: undefined }),
  data,
  metadata,
});

/** Drafts with little content, for properties that do not test the content. */
export const shortDraft: fc.Arbitrary<Draft> = fc.record({
  actorId: fc.oneof(fc.constantFrom("__proto__", "constructor", "a.b", "a_b", "*", ">", "\u0000"), fc.uuid()),
  eventType: fc.constant("Tested"),
  id: fc.constant(undefined),
  data: fc.constant({ value: {}, json: "{}" }),
  metadata: fc.constant(undefined),
});

const invalidTimestamp: fc.Arbitrary<MakeValue> = fc.oneof(
  fc
    .constantFrom(
      "",
      "now",
      "2026-02-30T00:00:00Z",
      "2026-01-01",
      "2026-01-01T00:00:00",
      "0000-00-00T00:00:00Z",
      "2026-01-01T00:00:00Z\n",
      " 2026-01-01T00:00:00Z",
      "2026-01-01T24:00:00Z",
      "\u0662026-01-01T00:00:00Z",
    )
    .map((value) => () => value),
  anythingBut((value) => typeof value === "string"),
);

/** Makes a valid event invalid by changing one field. */
export type BreakField = (event: NewEvent) => NewEvent;

const setField = (field: string, values: fc.Arbitrary<MakeValue>): fc.Arbitrary<BreakField> =>
  values.map((make) => (event) => ({ ...event, [field]: make() }) as NewEvent);

export const breakField: fc.Arbitrary<BreakField> = fc.oneof(
  setField("id", invalidName),
  setField("eventType", invalidName),
  setField("actorId", invalidName),
  setField("version", invalidVersion),
  setField("data", invalidData),
  setField(
    "metadata",
    fc.oneof(
      invalidData,
      fc.constantFrom<MakeValue>(
        () => ({ key: 1 }),
        () => ({ key: null }),
      ),
    ),
  ),
  setField("timestamp", invalidTimestamp),
  setField(
    "unknownField",
    anythingBut(() => false),
  ),
);

/** Makes a valid batch of three events invalid. */
export type BreakBatch = (events: NewEvent[]) => unknown[];

export const breakBatch: fc.Arbitrary<BreakBatch> = fc.oneof(
  fc.tuple(fc.nat(2), breakField).map(
    ([at, breakIt]): BreakBatch =>
      (events) =>
        events.map((event, index) => (index === at ? breakIt(event) : event)),
  ),
  fc.nat(2).map(
    (at): BreakBatch =>
      (events) =>
        events.map((event, index) => (index === at ? { ...event, actorId: "other" } : event)),
  ),
  fc.constant<BreakBatch>(([first, second, third]) => [first, third, second]),
  fc.constant<BreakBatch>(([first, second]) => [first, second, second]),
  anything.map(
    (make): BreakBatch =>
      (events) => [...events, make()],
  ),
);

/** Call options: values of any kind, and objects with a signal of any kind. Some of them are valid. */
export const callOptions: fc.Arbitrary<MakeValue> = fc.oneof(
  anything,
  anything.map((make) => () => ({ signal: make() })),
);

/** Values that are not valid snapshots. */
export const invalidSnapshot: fc.Arbitrary<(actorId: string) => unknown> = fc.oneof(
  anything,
  invalidName.map((make) => () => ({ actorId: make(), version: 1, state: {} })),
  invalidVersion.map((make) => (actorId: string) => ({ actorId, version: make(), state: {} })),
  invalidData.map((make) => (actorId: string) => ({ actorId, version: 1, state: make() })),
  fc.constant((actorId: string) => ({ actorId, version: Number.MAX_SAFE_INTEGER, state: {} })),
);
