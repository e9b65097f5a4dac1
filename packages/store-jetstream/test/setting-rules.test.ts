import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bucketPlan } from "../src/documents/bucket-plan.ts";
import { resolveDocumentOptions } from "../src/documents/document-options.ts";
import { resolveOptions } from "../src/options.ts";
import { type StreamRole, settingRules } from "../src/stream/setting-rules.ts";
import { differencesBetween } from "../src/stream/stream-differences.ts";
import { eventsPlan, floorsPlan, type StreamPlan, snapshotsPlan } from "../src/stream/stream-plan.ts";
import { infoOf } from "./support/stream-plans.ts";

const options = resolveOptions({ streamName: "es" });
const events = eventsPlan(options);
const plans: Readonly<Record<StreamRole, StreamPlan>> = {
  events,
  snapshots: snapshotsPlan(options, infoOf(events)),
  floors: floorsPlan(options, infoOf(events)),
  documents: bucketPlan(resolveDocumentOptions({ bucket: "es" })),
};
const roles = Object.keys(plans) as StreamRole[];
const differing = (role: StreamRole, settings: object): readonly string[] =>
  differencesBetween(plans[role], infoOf(plans[role], { ...settings })).map(({ setting }) => setting);

const everywhere = "events snapshots floors documents";
const eventStore = "events snapshots floors";
const nowhere = "";

/** A value of each setting, and the streams on which the store refuses it. */
const table: readonly (readonly [setting: string, value: unknown, refusedOn: string])[] = [
  ["name", "another", nowhere],
  ["description", "any text", nowhere],
  ["metadata", { owner: "team-a" }, nowhere],
  ["subjects", ["es.>"], everywhere],
  ["mirror", { name: "other" }, everywhere],
  ["sources", [{ name: "other" }], everywhere],
  ["subject_transform", { src: ">", dest: "x.>" }, everywhere],
  ["storage", "memory", everywhere],
  ["retention", "workqueue", everywhere],
  ["retention", "interest", everywhere],
  ["discard", "old", "events floors documents"],
  ["discard", "new", nowhere],
  ["max_age", 1_000_000_000, "snapshots floors documents"],
  ["max_msgs_per_subject", 2, "events floors"],
  ["discard_new_per_subject", true, everywhere],
  ["allow_rollup_hdrs", true, eventStore],
  ["allow_msg_ttl", true, eventStore],
  ["subject_delete_marker_ttl", 1_000_000_000, eventStore],
  ["deny_delete", false, eventStore],
  ["deny_purge", false, eventStore],
  ["sealed", true, everywhere],
  ["no_ack", true, everywhere],
  ["persist_mode", "async", everywhere],
  ["persist_mode", "default", nowhere],
  ["allow_msg_counter", true, everywhere],
  ["allow_msg_schedules", true, everywhere],
  ["template_owner", "template", everywhere],
  ["consumer_limits", { inactive_threshold: 1 }, "events snapshots documents"],
  ["consumer_limits", {}, nowhere],
  ["max_bytes", 1, nowhere],
  ["max_msgs", 1, nowhere],
  ["max_msg_size", 1, nowhere],
  ["max_consumers", 1, nowhere],
  ["num_replicas", 3, nowhere],
  ["placement", { cluster: "c" }, nowhere],
  ["compression", "s2", nowhere],
  ["republish", { src: ">", dest: "copy.>" }, nowhere],
  ["allow_direct", false, nowhere],
  ["mirror_direct", true, nowhere],
  ["allow_atomic", true, nowhere],
  ["allow_batched", true, nowhere],
  ["duplicate_window", 1_000_000_000, nowhere],
  ["first_seq", 1_000, nowhere],
];

test.each(table)("%s: %j is refused on the streams of: %s", (setting, value, refusedOn) => {
  for (const role of roles) {
    expect(differing(role, { [setting]: value })).toEqual(refusedOn.includes(role) ? [setting] : []);
  }
});

test("the table covers every setting that has a rule", () => {
  expect(new Set(table.map(([setting]) => setting))).toEqual(new Set(settingRules.keys()));
});

test("each refused value has an explanation", () => {
  for (const [setting, value, refusedOn] of table.filter(([, , refused]) => refused !== nowhere)) {
    const role = refusedOn.split(" ")[0] as StreamRole;
    const [difference] = differencesBetween(plans[role], infoOf(plans[role], { [setting]: value }));
    expect(difference).toMatchObject({ setting, actual: value, explanation: expect.any(String) });
  }
});

describe("a setting that the store does not know", () => {
  const unset = fc.constantFrom(undefined, null, false, 0, -1, "", [], {}, { limit: 0, names: [] });
  const set = fc.oneof(
    fc.constant(true),
    fc.integer().filter((value) => value !== 0 && value !== -1),
    fc.string({ minLength: 1 }),
    fc.record({ enabled: fc.constant(true) }),
    fc.array(fc.string({ minLength: 1 }), { minLength: 1 }),
  );
  const name = fc.stringMatching(/^new_[a-z_]{1,20}$/);

  test("is refused on every stream if it is set", () => {
    fc.assert(
      fc.property(name, set, fc.constantFrom(...roles), (setting, value, role) => {
        const found = differencesBetween(plans[role], infoOf(plans[role], { [setting]: value }));
        expect(found).toMatchObject([{ setting, expected: undefined, actual: value, isUpdatable: false }]);
      }),
    );
  });

  test("is accepted if it is not set", () => {
    fc.assert(
      fc.property(name, unset, fc.constantFrom(...roles), (setting, value, role) => {
        expect(differing(role, { [setting]: value })).toEqual([]);
      }),
    );
  });

  test.each(["constructor", "__proto__", "toString"])("is refused even if its name is %s", (setting) => {
    const config = JSON.parse(`{"${setting}":true}`) as object;
    const info = infoOf(events);
    const opened = { ...info, config: Object.assign(Object.create(null), info.config, config) };
    if (setting === "__proto__") Object.defineProperty(opened.config, setting, { value: true, enumerable: true });
    expect(differencesBetween(events, opened).map((difference) => difference.setting)).toEqual([setting]);
  });
});

test("the order of lists, and fields that are not set, are no differences", () => {
  const placed = eventsPlan(resolveOptions({ streamName: "es", placement: { tags: ["ssd", "eu"] } }));
  expect(differencesBetween(placed, infoOf(placed, { placement: { cluster: "", tags: ["eu", "ssd"] } }))).toEqual([]);
  expect(differencesBetween(placed, infoOf(placed, { placement: { tags: ["eu"] } }))).toHaveLength(1);
});

test("a stream in the format of a later version is refused", () => {
  const [difference] = differencesBetween(events, infoOf(events, { metadata: { "aether.format": "2" } }));
  expect(difference).toMatchObject({ setting: "metadata.aether.format", expected: "1", actual: "2" });
  expect(differing("events", { metadata: undefined })).toEqual([]);
});

describe("a setting that an option requests", () => {
  test.each([
    ["num_replicas", { replicaCount: 3 }, 1],
    ["max_age", { streamRetention: 1_000 }, 0],
    ["max_bytes", { maxBytes: 1_000 }, -1],
    ["compression", { compression: "s2" as const }, "none"],
    ["compression", { compression: "s2" as const }, undefined],
    ["compression", { compression: "none" as const }, "s2"],
    ["placement", { placement: { cluster: "c" } }, undefined],
    ["deny_delete", { immutable: false }, true],
  ])("%s: %j differs from %j", (setting, given, actual) => {
    const plan = eventsPlan(resolveOptions({ streamName: "es", ...given }));
    expect(differencesBetween(plan, infoOf(plan, { [setting]: actual })).map((found) => found.setting)).toEqual([
      setting,
    ]);
    expect(differencesBetween(plan, infoOf(plan))).toEqual([]);
  });

  test.each([[{ compression: "none" as const }, { compression: undefined }]])("%j equals %j", (given, settings) => {
    const plan = eventsPlan(resolveOptions({ streamName: "es", ...given }));
    expect(differencesBetween(plan, infoOf(plan, settings))).toEqual([]);
  });
});
