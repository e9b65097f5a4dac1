import { expect, test } from "vitest";
import { checkHistory } from "../../src/index.ts";
import { type BadHistory, event, type GoodHistory, latest, read, save, testHistories } from "./history-builders.ts";

const [a1, a2, a3] = [event(1), event(2), event(3)];
const [other1, other2] = [event(1, "other"), event(2, "other")];

const bad: readonly BadHistory[] = [
  {
    what: "an acknowledged event is not stored",
    operations: [save([a1]), save([a2])],
    stored: [a1],
    violations: [
      { rule: "lost-event", client: "w", reason: "event e2 was acknowledged at version 2, but is not stored" },
    ],
  },
  {
    what: "an event that was reported as already stored is not stored",
    operations: [save([a1], "unknown"), save([a1], "same-event")],
    stored: [],
    violations: [{ rule: "lost-event" }],
  },
  {
    what: "an event is stored twice, at two versions",
    operations: [save([a1]), save([{ ...a1, version: 2 }], "unknown")],
    stored: [a1, { ...a1, version: 2 }],
    violations: [
      {
        rule: "duplicate-event",
        reason: "event e1 is stored twice: as version 1 of actor a, and as version 2 of actor a",
      },
    ],
  },
  {
    what: "an event whose outcome is unknown is stored twice, at one version",
    operations: [save([a1], "unknown")],
    stored: [a1, a1],
    violations: [{ rule: "duplicate-event" }, { rule: "duplicate-version" }],
  },
  {
    what: "an event is stored with content that differs from the sent content",
    operations: [save([a1])],
    stored: [{ ...a1, content: "b" }],
    violations: [
      { rule: "altered-event", reason: "event e1 at version 1 was sent as content of e1, but is stored as b" },
    ],
  },
  {
    what: "an event is stored that no client sent",
    operations: [save([a1])],
    stored: [a1, a2],
    violations: [{ rule: "unsent-event", reason: "event e2 is stored at version 2, but no client sent it" }],
  },
  {
    what: "an event is stored at a version that differs from the sent version",
    operations: [save([a1])],
    stored: [{ ...a1, version: 2 }],
    violations: [{ rule: "lost-event" }, { rule: "unsent-event" }],
  },
  {
    what: "two writers both succeeded in saving one version",
    operations: [save([a1]), save([a2]), save([other2])],
    stored: [a1, a2, other2],
    violations: [
      { rule: "duplicate-version", reason: "version 2 of actor a is stored twice, the second time by event other" },
    ],
  },
  {
    what: "versions descend in the order of the store",
    operations: [save([a1]), save([a2])],
    stored: [a2, a1],
    violations: [{ rule: "version-order", reason: "version 1 (event e1) is stored after version 2" }],
  },
  {
    what: "a rejected event is stored",
    operations: [save([a2]), save([other2], "conflict"), save([event(3, "late")], "failed")],
    stored: [a2, event(3, "late")],
    violations: [
      {
        rule: "rejected-event-stored",
        reason: "event late at version 3 was rejected (outcomes: failed), but is stored",
      },
    ],
  },
  {
    what: "an event that got a conflict after an unknown outcome is stored",
    operations: [save([a2], "unknown"), save([a2], "conflict")],
    stored: [a2],
    violations: [{ rule: "rejected-event-stored" }],
  },
  {
    what: "only part of a batch is stored",
    operations: [save([a1, a2], "unknown")],
    stored: [a1],
    violations: [{ rule: "non-atomic-batch", reason: "a batch of 2 events is stored only in part; missing: e2" }],
  },
  {
    what: "a read ends inside a batch",
    operations: [save([a1, a2]), read([a1], { client: "r" })],
    stored: [a1, a2],
    violations: [
      {
        rule: "non-atomic-batch",
        client: "r",
        reason: "r read a batch only up to version 1, but the batch ends at version 2",
      },
    ],
  },
  {
    what: "a save was rejected with a conflict, although no event at its version or above was ever stored",
    operations: [save([a1]), save([a3], "conflict")],
    stored: [a1],
    violations: [{ rule: "false-conflict" }],
  },
  {
    what: "a save was rejected with a conflict before the other event was sent",
    operations: [save([a1], "conflict", { at: 10 }), save([other1], "ok", { at: 20 })],
    stored: [other1],
    violations: [
      {
        rule: "version-order",
        reason: "event other is stored at version 1, but was sent after w had seen version 1",
      },
      {
        rule: "false-conflict",
        reason:
          "event e1 was rejected at version 1 with a conflict, " +
          "but no event at or above this version was stored or in flight at that time",
      },
    ],
  },
  {
    what: "a version was accepted after a higher one had been acknowledged",
    operations: [save([a3], "ok", { at: 10 }), save([a2], "ok", { at: 20 })],
    stored: [a2, a3],
    violations: [
      {
        rule: "version-order",
        reason: "event e2 is stored at version 2, but was sent after version 3 had been acknowledged",
      },
    ],
  },
  {
    what: "a batch that got a conflict after an unknown outcome is stored",
    operations: [save([a1, a2], "unknown"), save([a1, a2], "conflict")],
    stored: [a1, a2],
    violations: [{ rule: "rejected-event-stored" }, { rule: "rejected-event-stored" }],
  },
  {
    what: "another event is stored inside a batch",
    operations: [save([a1, a3]), save([other2])],
    stored: [a1, other2, a3],
    violations: [{ rule: "non-atomic-batch", reason: "a batch of 2 events is stored with other events in between" }],
  },
  {
    what: "a latest version was never saved",
    operations: [save([a1]), latest(2, { client: "r" })],
    stored: [a1],
    violations: [
      {
        rule: "inconsistent-read",
        client: "r",
        reason: "r got 2 as the latest version, but no event with this version is stored",
      },
    ],
  },
  {
    what: "a latest version is inside a batch",
    operations: [save([a1, a2]), latest(1, { client: "r" })],
    stored: [a1, a2],
    violations: [
      {
        rule: "non-atomic-batch",
        client: "r",
        reason: "r got 1 as the latest version, but this version is inside a batch that ends at version 2",
      },
    ],
  },
  {
    what: "a read returned an event before it was sent",
    operations: [read([a1], { client: "r", at: 10 }), save([a1], "ok", { at: 20 })],
    stored: [a1],
    violations: [
      { rule: "inconsistent-read", client: "r", reason: "r read event e1 at version 1 before any client had sent it" },
      {
        rule: "version-order",
        reason: "event e1 is stored at version 1, but was sent after r had seen version 1",
      },
    ],
  },
  {
    what: "a client reads fewer events of a range than it knows to be stored",
    operations: [
      save([a1]),
      save([a2]),
      save([a3]),
      latest(3, { client: "r", at: 10 }),
      read([a1], { client: "r", at: 20, toVersion: 2 }),
    ],
    stored: [a1, a2, a3],
    violations: [
      { rule: "non-monotonic-read", reason: "r had seen version 3, and later read only up to version 1" },
      { rule: "stale-read" },
    ],
  },
  {
    what: "a read skips an event",
    operations: [save([a1]), save([a2]), save([a3]), read([a1, a3], { client: "r" })],
    stored: [a1, a2, a3],
    violations: [
      {
        rule: "inconsistent-read",
        client: "r",
        reason: "r read from version 0 and got event e3 at version 3, but event e2 at version 2 comes first",
      },
    ],
  },
  {
    what: "a read returned an event that is missing from the final contents",
    operations: [save([a1], "unknown"), read([a1], { client: "r" })],
    stored: [],
    violations: [
      { rule: "inconsistent-read", reason: "r read from version 0 and got event e1 at version 1, which is not stored" },
    ],
  },
  {
    what: "a read starts too late",
    operations: [save([a1]), save([a2]), read([a2], { client: "r", fromVersion: 1 })],
    stored: [a1, a2],
    violations: [{ rule: "inconsistent-read" }],
  },
  {
    what: "a read returned an event outside the requested range",
    operations: [save([a1]), save([a2]), read([a1, a2], { client: "r", toVersion: 1 })],
    stored: [a1, a2],
    violations: [{ rule: "inconsistent-read", reason: expect.stringContaining("is outside the requested range") }],
  },
  {
    what: "a read returned content that differs from the stored content",
    operations: [save([a1]), read([{ ...a1, content: "b" }], { client: "r" })],
    stored: [a1],
    violations: [
      { rule: "inconsistent-read", reason: expect.stringContaining("but its content differs from the stored content") },
    ],
  },
  {
    what: "a client reads less than it had already read",
    operations: [save([a1]), save([a2]), read([a1, a2], { client: "r", at: 10 }), read([a1], { client: "r", at: 20 })],
    stored: [a1, a2],
    violations: [
      { rule: "non-monotonic-read", client: "r", reason: "r had seen version 2, and later read only up to version 1" },
      { rule: "stale-read" },
    ],
  },
  {
    what: "a client gets a lower latest version than it had already read",
    operations: [save([a1]), read([a1], { client: "r", at: 10 }), latest(0, { client: "r", at: 20 })],
    stored: [a1],
    violations: [
      { rule: "non-monotonic-read", reason: "r had seen version 1, and later got 0 as the latest version" },
      { rule: "stale-version" },
    ],
  },
  {
    what: "a writer does not see the event that it saved",
    operations: [save([a1], "ok", { client: "r", at: 10 }), read([], { client: "r", at: 20 })],
    stored: [a1],
    violations: [
      { rule: "non-monotonic-read", reason: "r had saved version 1, and later read no events from version 0" },
    ],
  },
  {
    what: "the latest version is lower than one that another client had saved",
    operations: [save([a1], "ok", { at: 10 }), latest(0, { client: "r", at: 20 })],
    stored: [a1],
    violations: [
      {
        rule: "stale-version",
        client: "r",
        reason: "w had saved version 1, and later r got 0 as the latest version",
      },
    ],
  },
  {
    what: "a read misses events that another client had saved",
    operations: [
      save([a1], "ok", { at: 10 }),
      save([a2], "ok", { at: 20 }),
      save([a3], "ok", { at: 30 }),
      read([a1], { client: "r", at: 40 }),
    ],
    stored: [a1, a2, a3],
    violations: [
      {
        rule: "stale-read",
        client: "r",
        reason: "w had saved version 3, and later r read only up to version 1",
        staleForMs: 19,
      },
    ],
  },
  {
    what: "one event was sent with two different contents",
    operations: [save([a1], "unknown"), save([{ ...a1, content: "b" }], "same-event")],
    stored: [a1],
    violations: [{ rule: "malformed-history" }],
  },
];

const good: readonly GoodHistory[] = [
  { what: "no operations and no events", operations: [], stored: [] },
  {
    what: "a stored event whose outcome is unknown",
    operations: [save([a1], "unknown")],
    stored: [a1],
  },
  {
    what: "an event whose outcome is unknown and that is not stored",
    operations: [save([a1], "unknown")],
    stored: [],
  },
  {
    what: "an event that was saved again after an unknown outcome",
    operations: [save([a1], "unknown"), save([a1], "same-event"), save([a1], "failed")],
    stored: [a1],
  },
  {
    what: "an event that got a conflict and was then saved at a higher version",
    operations: [save([a1]), save([event(1, "b")], "conflict"), save([event(2, "b")])],
    stored: [a1, event(2, "b")],
  },
  {
    what: "a batch that got a conflict with its own first event",
    operations: [save([a1]), save([a1, a2], "conflict"), read([a1], { client: "r" }), latest(1, { client: "r" })],
    stored: [a1],
  },
  {
    what: "a save that was rejected because of an event in flight",
    operations: [save([a1], "conflict", { at: 10 }), save([other1], "ok", { at: 11 })],
    stored: [other1],
  },
  {
    what: "a save that began before the save of a higher version ended",
    operations: [save([a2], "ok", { at: 10 }), save([a1], "ok", { at: 11 })],
    stored: [a1, a2],
  },
  { what: "versions with gaps", operations: [save([a1]), save([a3])], stored: [a1, a3] },
  {
    what: "a read that began before the client's own save had ended",
    operations: [save([a1], "ok", { at: 10, client: "r" }), read([], { client: "r", at: 10 })],
    stored: [a1],
  },
  {
    what: "a read that began before another client's save had ended",
    operations: [save([a1], "ok", { at: 10 }), read([], { client: "r", at: 10 })],
    stored: [a1],
  },
  {
    what: "a read that ends inside a batch because the requested range ends there",
    operations: [save([a1, a2]), read([a1], { client: "r", toVersion: 1 })],
    stored: [a1, a2],
  },
  {
    what: "a read of a range that does not include the events that the client had already seen",
    operations: [save([a1]), save([a2]), read([a1, a2], { at: 10 }), read([a1], { at: 20, toVersion: 1 })],
    stored: [a1, a2],
  },
];

testHistories(bad, good);

test("checkHistory reports an event of one actor that is stored again for another actor", () => {
  const contents = new Map([
    ["a", [a1]],
    ["b", [a1]],
  ]);
  const violations = checkHistory({ operations: [save([a1]), save([a1], "unknown", { actorId: "b" })], contents });
  expect(violations).toEqual([expect.objectContaining({ rule: "duplicate-event", actorId: "b" })]);
});
