import { type BadHistory, event, type GoodHistory, latest, read, save, testHistories } from "./history-builders.ts";

const [a1, a2, a3, a4] = [event(1), event(2), event(3), event(4)];
const late = event(1, "late");

const bad: readonly BadHistory[] = [
  {
    what: "a read misses an event of unknown outcome that another client had read",
    operations: [save([a1], "unknown"), read([a1], { client: "r", at: 10 }), read([], { client: "q", at: 20 })],
    stored: [a1],
    violations: [
      {
        rule: "stale-read",
        client: "q",
        reason: "r had seen version 1, and later q read no events from version 0",
        staleForMs: 9,
      },
    ],
  },
  {
    what: "a latest version is lower than one that another client had got",
    operations: [save([a1], "unknown"), latest(1, { client: "r", at: 10 }), latest(0, { client: "q", at: 20 })],
    stored: [a1],
    violations: [
      { rule: "stale-version", client: "q", reason: "r had seen version 1, and later q got 0 as the latest version" },
    ],
  },
  {
    what: "a read misses an event that another client had seen in a conflict",
    operations: [
      save([a1], "unknown"),
      save([late], "conflict", { client: "v", at: 10, currentVersion: 1 }),
      read([], { client: "q", at: 20 }),
    ],
    stored: [a1],
    violations: [{ rule: "stale-read", client: "q" }],
  },
  {
    what: "a read misses the event that made another client's save a conflict, without a currentVersion",
    operations: [
      save([a1], "unknown"),
      save([late], "conflict", { client: "v", at: 10 }),
      latest(0, { client: "q", at: 20 }),
    ],
    stored: [a1],
    violations: [{ rule: "stale-version", client: "q" }],
  },
  {
    what: "a client does not see the event that made its own save a conflict",
    operations: [
      save([a1, a2], "unknown"),
      save([late], "conflict", { client: "v", at: 10, currentVersion: 2 }),
      read([], { client: "v", at: 20 }),
    ],
    stored: [a1, a2],
    violations: [
      {
        rule: "non-monotonic-read",
        client: "v",
        reason: "v had seen version 2, and later read no events from version 0",
      },
    ],
  },
  {
    what: "a conflict has a currentVersion below a version that another client had saved",
    operations: [
      save([a1]),
      save([a2], "ok", { at: 10 }),
      save([late], "conflict", { client: "v", at: 20, currentVersion: 1 }),
    ],
    stored: [a1, a2],
    violations: [
      {
        rule: "stale-version",
        client: "v",
        reason: "w had saved version 2, and later v got a conflict with the currentVersion 1",
        staleForMs: 9,
      },
    ],
  },
  {
    what: "a conflict has a currentVersion below a version that the client had seen",
    operations: [
      save([a1]),
      save([a2]),
      read([a1, a2], { client: "v", at: 10 }),
      save([late], "conflict", { client: "v", at: 20, currentVersion: 1 }),
    ],
    stored: [a1, a2],
    violations: [
      {
        rule: "non-monotonic-read",
        reason: "v had seen version 2, and later got a conflict with the currentVersion 1",
      },
      { rule: "stale-version" },
    ],
  },
  {
    what: "a version is accepted after a client had read a higher one",
    operations: [save([a3], "unknown"), read([a3], { client: "r", at: 10 }), save([a2], "ok", { at: 20 })],
    stored: [a2, a3],
    violations: [
      { rule: "inconsistent-read" },
      {
        rule: "version-order",
        reason: "event e2 is stored at version 2, but was sent after r had seen version 3",
      },
    ],
  },
  {
    what: "a version is accepted after a client had got a higher latest version",
    operations: [save([a3], "unknown"), latest(3, { client: "r", at: 10 }), save([a2], "ok", { at: 20 })],
    stored: [a2, a3],
    violations: [{ rule: "version-order" }],
  },
  {
    what: "a version is accepted after a conflict had shown a higher one",
    operations: [
      save([a3], "unknown"),
      save([late], "conflict", { client: "v", at: 10, currentVersion: 3 }),
      save([a2], "ok", { client: "v", at: 20 }),
    ],
    stored: [a2, a3],
    violations: [
      {
        rule: "version-order",
        reason: "event e2 is stored at version 2, but was sent after v had seen version 3",
      },
    ],
  },
  {
    what: "a version is accepted after a conflict at the same version, without a currentVersion",
    operations: [
      save([a3], "unknown"),
      save([event(2, "b")], "conflict", { client: "v", at: 10 }),
      save([a2], "ok", { client: "v", at: 20 }),
    ],
    stored: [a2, a3],
    violations: [{ rule: "version-order" }],
  },
  {
    what: "a read of part of a batch lacks an event inside the requested range",
    operations: [save([a1, a2, a3]), read([a1], { client: "r", toVersion: 2 })],
    stored: [a1, a2, a3],
    violations: [
      {
        rule: "non-atomic-batch",
        client: "r",
        reason:
          "r read a batch only up to version 1, but the batch ends at version 3, and version 2 was requested, too",
      },
    ],
  },
  {
    what: "a read that starts inside a batch lacks its end",
    operations: [save([a1, a2, a3]), read([a2], { client: "r", fromVersion: 2 })],
    stored: [a1, a2, a3],
    violations: [{ rule: "non-atomic-batch" }],
  },
];

const good: readonly GoodHistory[] = [
  {
    what: "a read that began before another client had seen the event",
    operations: [
      save([a1], "unknown"),
      read([a1], { client: "r", at: 10 }),
      read([], { client: "q", at: 10 }),
      latest(0, { client: "p", at: 11 }),
    ],
    stored: [a1],
  },
  {
    what: "a conflict at a version that no event has",
    operations: [
      save([a1]),
      save([a4], "ok", { at: 10 }),
      save([event(2, "b")], "conflict", { client: "v", at: 20, currentVersion: 4 }),
      save([event(3, "c")], "conflict", { client: "v", at: 20 }),
      read([a1], { client: "v", at: 30, toVersion: 3 }),
      read([a1, a4], { client: "v", at: 30 }),
      latest(4, { client: "v", at: 30 }),
    ],
    stored: [a1, a4],
  },
  {
    what: "a conflict whose currentVersion was saved while the call was in flight",
    operations: [
      save([a1]),
      save([late], "conflict", { client: "v", at: 10, currentVersion: 2 }),
      save([a2], "ok", { at: 10 }),
    ],
    stored: [a1, a2],
  },
  {
    what: "a conflict whose currentVersion does not include a save in flight",
    operations: [
      save([a1]),
      save([a2], "ok", { at: 10 }),
      save([late], "conflict", { client: "v", at: 10, currentVersion: 1 }),
    ],
    stored: [a1, a2],
  },
  {
    what: "a read of a range that ends or starts inside a batch",
    operations: [
      save([a1, a2, a3]),
      read([a1, a2], { client: "r", at: 10, toVersion: 2 }),
      read([a2, a3], { client: "r", at: 10, fromVersion: 2 }),
      read([a2], { client: "r", at: 10, fromVersion: 2, toVersion: 2 }),
    ],
    stored: [a1, a2, a3],
  },
  {
    what: "a save that was sent before another client had seen the higher version",
    operations: [
      save([a3], "unknown", { at: 10 }),
      save([a2], "ok", { at: 10 }),
      read([a2, a3], { client: "r", at: 11 }),
    ],
    stored: [a2, a3],
  },
];

testHistories(bad, good);
