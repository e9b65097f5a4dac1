import { expect } from "vitest";
import { type BadHistory, event, type GoodHistory, latest, read, save, testHistories } from "./history-builders.ts";

const [a1, a2, a3] = [event(1), event(2), event(3)];
const other1 = event(1, "other");

const bad: readonly BadHistory[] = [
  {
    what: "one event is acknowledged twice",
    operations: [save([a1]), save([a1], "ok", { client: "v", at: 10 })],
    stored: [a1],
    violations: [
      {
        rule: "double-acknowledgement",
        client: "v",
        reason:
          "event e1 was acknowledged at version 1 twice: first to w, then to v; " +
          "the second save is a conflict with sameEvent",
      },
    ],
  },
  {
    what: "one event is acknowledged to two clients at the same time",
    operations: [save([a1]), save([a1], "ok", { client: "v" })],
    stored: [a1],
    violations: [{ rule: "double-acknowledgement", client: "v" }],
  },
  {
    what: "an event of an acknowledged batch is acknowledged again, alone",
    operations: [save([a1, a2]), save([a2], "ok", { at: 10 })],
    stored: [a1, a2],
    violations: [{ rule: "double-acknowledgement", reason: expect.stringContaining("event e2") }],
  },
  {
    what: "an event is reported as already stored although no other call sent it",
    operations: [save([a1], "same-event")],
    stored: [a1],
    violations: [
      {
        rule: "false-conflict",
        client: "w",
        reason:
          "w got a conflict with sameEvent for event e1 at version 1, " +
          "but no other call that may have stored it had begun",
      },
    ],
  },
  {
    what: "an event is reported as already stored after an attempt that had failed",
    operations: [save([a1], "failed"), save([a1], "same-event", { at: 10 })],
    stored: [a1],
    violations: [{ rule: "false-conflict" }],
  },
  {
    what: "an event is reported as already stored before the call that stored it had begun",
    operations: [save([a1], "same-event", { client: "v", at: 10 }), save([a1], "ok", { at: 20 })],
    stored: [a1],
    violations: [{ rule: "false-conflict", client: "v" }, { rule: "version-order" }],
  },
  {
    what: "a batch is reported as already stored although only its first event was sent before",
    operations: [save([a1]), save([a1, a2], "same-event", { at: 10 }), save([a2], "ok", { at: 20 })],
    stored: [a1, a2],
    violations: [{ rule: "false-conflict" }, { rule: "version-order" }],
  },
  {
    what: "a failed attempt is the only cause of a conflict",
    operations: [
      save([other1], "failed"),
      save([a1], "conflict", { client: "v", at: 10 }),
      save([other1], "ok", { at: 20 }),
    ],
    stored: [other1],
    violations: [{ rule: "version-order" }, { rule: "false-conflict", client: "v" }],
  },
  {
    what: "a read returned an event between a failed attempt and the call that stored it",
    operations: [save([a1], "failed"), read([a1], { client: "r", at: 10 }), save([a1], "ok", { at: 20 })],
    stored: [a1],
    violations: [
      { rule: "inconsistent-read", reason: "r read event e1 at version 1 before any client had sent it" },
      { rule: "version-order" },
    ],
  },
  {
    what: "a latest version was reported before the event was sent",
    operations: [latest(1, { client: "r", at: 10 }), save([a1], "ok", { at: 20 })],
    stored: [a1],
    violations: [
      {
        rule: "inconsistent-read",
        client: "r",
        reason: "r got 1 as the latest version, before any client had sent event e1",
      },
      { rule: "version-order" },
    ],
  },
  {
    what: "a batch whose save failed hides that another batch is stored in part",
    operations: [save([a1], "failed"), save([a1, a2], "unknown")],
    stored: [a1],
    violations: [{ rule: "non-atomic-batch" }],
  },
  {
    what: "an event of a rejected batch is stored, and only the other event was sent again",
    operations: [save([a1, a2], "conflict"), save([a2], "unknown", { at: 10 }), save([event(1, "b")])],
    stored: [event(1, "b"), a1],
    violations: [
      { rule: "duplicate-version" },
      { rule: "rejected-event-stored", reason: expect.stringContaining("event e1") },
    ],
  },
  {
    what: "currentVersion is below the version that is reported as taken",
    operations: [save([a1]), save([a2]), save([event(2, "b")], "conflict", { client: "v", currentVersion: 1 })],
    stored: [a1, a2],
    violations: [
      {
        rule: "false-conflict",
        client: "v",
        reason: "v got a conflict at version 2, but its currentVersion is 1",
      },
    ],
  },
  {
    what: "currentVersion is below the last version of a batch that is reported as already stored",
    operations: [save([a1, a2]), save([a1, a2], "same-event", { client: "v", currentVersion: 1 })],
    stored: [a1, a2],
    violations: [{ rule: "false-conflict" }, { rule: "non-atomic-batch" }],
  },
  {
    what: "currentVersion was never saved",
    operations: [save([a1]), save([other1], "conflict", { client: "v", currentVersion: 2 })],
    stored: [a1],
    violations: [
      {
        rule: "false-conflict",
        client: "v",
        reason: "v got a conflict with the currentVersion 2, but no event with this version is stored",
      },
    ],
  },
  {
    what: "currentVersion was saved only later",
    operations: [
      save([a1]),
      save([other1], "conflict", { client: "v", at: 10, currentVersion: 2 }),
      save([a2], "ok", { at: 20 }),
    ],
    stored: [a1, a2],
    violations: [
      {
        rule: "false-conflict",
        client: "v",
        reason: "v got a conflict with the currentVersion 2, before any client had sent event e2",
      },
      { rule: "version-order" },
    ],
  },
  {
    what: "currentVersion is inside a batch",
    operations: [save([a1, a2, a3]), save([other1], "conflict", { client: "v", currentVersion: 2 })],
    stored: [a1, a2, a3],
    violations: [
      {
        rule: "non-atomic-batch",
        client: "v",
        reason: "v got a conflict with the currentVersion 2, but this version is inside a batch that ends at version 3",
      },
    ],
  },
];

const good: readonly GoodHistory[] = [
  {
    what: "an event that was saved again while the outcome was unknown",
    operations: [save([a1], "unknown", { at: 10 }), save([a1], "same-event", { at: 10, client: "v" })],
    stored: [a1],
  },
  {
    what: "an event that two clients saved at the same time",
    operations: [save([a1]), save([a1], "same-event", { client: "v", currentVersion: 1 })],
    stored: [a1],
  },
  {
    what: "events that were saved one by one, and again as a batch",
    operations: [save([a1]), save([a2]), save([a1, a2], "same-event", { at: 10 }), read([a1], { client: "r" })],
    stored: [a1, a2],
  },
  {
    what: "an event that may be in a batch or alone",
    operations: [save([a1, a2], "unknown"), save([a1], "ok", { at: 10 }), read([a1], { client: "r", at: 20 })],
    stored: [a1],
  },
  {
    what: "a save that was acknowledged after an unknown outcome that stored nothing",
    operations: [save([a1], "unknown"), save([a1], "ok", { at: 10 })],
    stored: [a1],
  },
  {
    what: "a conflict with an event whose outcome is unknown",
    operations: [save([a1], "unknown"), save([other1], "conflict", { client: "v", currentVersion: 1 })],
    stored: [a1],
  },
];

testHistories(bad, good);
