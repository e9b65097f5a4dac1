import { describe, expect, test } from "vitest";
import { checkHistory, type HistoryViolation, type RecordedEvent, type RecordedOperation } from "../../src/index.ts";
import { event, judge, latest, read, save } from "./samples.ts";

interface BadHistory {
  readonly what: string;
  readonly operations: readonly RecordedOperation[];
  readonly stored: readonly RecordedEvent[];
  readonly violations: readonly Partial<HistoryViolation>[];
}

const [a1, a2, a3] = [event(1), event(2), event(3)];
const [other1, other2] = [event(1, "other"), event(2, "other")];

const bad: readonly BadHistory[] = [
  {
    what: "an acknowledged event is not there",
    operations: [save([a1]), save([a2])],
    stored: [a1],
    violations: [{ rule: "lost", client: "w", reason: "e2 was acknowledged at version 2 and is not there" }],
  },
  {
    what: "an event that was said to be there already is not",
    operations: [save([a1], "unknown"), save([a1], "same-event")],
    stored: [],
    violations: [{ rule: "lost" }],
  },
  {
    what: "an event is there twice, at two versions",
    operations: [save([a1]), save([{ ...a1, version: 2 }], "unknown")],
    stored: [a1, { ...a1, version: 2 }],
    violations: [{ rule: "doubled", reason: "event e1 stands at a@1 and again at a@2" }],
  },
  {
    what: "an unknown event is there twice, at one version",
    operations: [save([a1], "unknown")],
    stored: [a1, a1],
    violations: [{ rule: "doubled" }, { rule: "version-twice" }],
  },
  {
    what: "an event has other bytes than were sent",
    operations: [save([a1])],
    stored: [{ ...a1, content: "b" }],
    violations: [{ rule: "altered", reason: "e1 at version 1 is b, sent was content of e1" }],
  },
  {
    what: "an event is there that nobody sent",
    operations: [save([a1])],
    stored: [a1, a2],
    violations: [{ rule: "unsent", reason: "nobody sent e2, which stands at version 2" }],
  },
  {
    what: "an event is there at another version than it was sent with",
    operations: [save([a1])],
    stored: [{ ...a1, version: 2 }],
    violations: [{ rule: "lost" }, { rule: "unsent" }],
  },
  {
    what: "two writers of one version both succeeded",
    operations: [save([a1]), save([a2]), save([other2])],
    stored: [a1, a2, other2],
    violations: [{ rule: "version-twice", reason: "a@2 is there twice, the second time as other" }],
  },
  {
    what: "versions go down in the store's order",
    operations: [save([a1]), save([a2])],
    stored: [a2, a1],
    violations: [{ rule: "version-order", reason: "version 1 (e1) stands behind version 2" }],
  },
  {
    what: "a refused event is there",
    operations: [save([a2]), save([other2], "conflict"), save([event(3, "late")], "failed")],
    stored: [a2, event(3, "late")],
    violations: [{ rule: "refused-stored", reason: "late was refused at version 3 (failed) and is there" }],
  },
  {
    what: "an event that lost a conflict after an unknown outcome is there all the same",
    operations: [save([a2], "unknown"), save([a2], "conflict")],
    stored: [a2],
    violations: [{ rule: "refused-stored" }],
  },
  {
    what: "a part of a batch is there",
    operations: [save([a1, a2], "unknown")],
    stored: [a1],
    violations: [{ rule: "torn-batch", reason: "of a batch of 2 events, e2 are not there" }],
  },
  {
    what: "a read ends within a batch",
    operations: [save([a1, a2]), read([a1], { client: "r" })],
    stored: [a1, a2],
    violations: [{ rule: "torn-batch", client: "r", reason: "r read up to version 1 of a batch that ends at 2" }],
  },
  {
    what: "a save was refused at a version that nobody ever reached",
    operations: [save([a1]), save([a3], "conflict")],
    stored: [a1],
    violations: [{ rule: "unfounded-conflict" }],
  },
  {
    what: "a save was refused for what was sent only later",
    operations: [save([a1], "conflict", { at: 10 }), save([other1], "ok", { at: 20 })],
    stored: [other1],
    violations: [
      {
        rule: "unfounded-conflict",
        reason: "e1 was refused at version 1, but nothing was there or on its way that reached it",
      },
    ],
  },
  {
    what: "a version was accepted when a higher one had been acknowledged",
    operations: [save([a3], "ok", { at: 10 }), save([a2], "ok", { at: 20 })],
    stored: [a2, a3],
    violations: [
      { rule: "version-order", reason: "e2 is there at version 2, and was sent when 3 had been acknowledged" },
    ],
  },
  {
    what: "a batch that lost a conflict after an unknown outcome is there all the same",
    operations: [save([a1, a2], "unknown"), save([a1, a2], "conflict")],
    stored: [a1, a2],
    violations: [{ rule: "refused-stored" }, { rule: "refused-stored" }],
  },
  {
    what: "another event stands within a batch",
    operations: [save([a1, a3]), save([other2])],
    stored: [a1, other2, a3],
    violations: [{ rule: "torn-batch", reason: "of a batch of 2 events, others stand in between" }],
  },
  {
    what: "a latest version that nobody ever saved",
    operations: [save([a1]), latest(2, { client: "r" })],
    stored: [a1],
    violations: [{ rule: "wrong-read", client: "r", reason: "r was told that the latest is 2, which is not there" }],
  },
  {
    what: "a latest version within a batch",
    operations: [save([a1, a2]), latest(1, { client: "r" })],
    stored: [a1, a2],
    violations: [
      { rule: "torn-batch", client: "r", reason: "r was told that the latest is 1, of a batch that ends at 2" },
    ],
  },
  {
    what: "a read has what was sent only later",
    operations: [read([a1], { client: "r", at: 10 }), save([a1], "ok", { at: 20 })],
    stored: [a1],
    violations: [{ rule: "wrong-read", client: "r", reason: "r read e1 at version 1 before anyone had sent it" }],
  },
  {
    what: "a client reads less of a part than it knows to be there",
    operations: [
      save([a1]),
      save([a2]),
      save([a3]),
      latest(3, { client: "r", at: 10 }),
      read([a1], { client: "r", at: 20, toVersion: 2 }),
    ],
    stored: [a1, a2, a3],
    violations: [
      { rule: "receding-read", reason: "r had seen version 3, and then read up to version 1 only" },
      { rule: "stale-read" },
    ],
  },
  {
    what: "a read has a hole",
    operations: [save([a1]), save([a2]), save([a3]), read([a1, a3], { client: "r" })],
    stored: [a1, a2, a3],
    violations: [
      {
        rule: "wrong-read",
        client: "r",
        reason: "r read from version 0 on: e3 at version 3, where e2 at version 2 stands",
      },
    ],
  },
  {
    what: "a read has something that is gone later",
    operations: [save([a1], "unknown"), read([a1], { client: "r" })],
    stored: [],
    violations: [{ rule: "wrong-read", reason: "r read from version 0 on: e1 at version 1, which is not there" }],
  },
  {
    what: "a read begins too late",
    operations: [save([a1]), save([a2]), read([a2], { client: "r", fromVersion: 1 })],
    stored: [a1, a2],
    violations: [{ rule: "wrong-read" }],
  },
  {
    what: "a read has what was not asked for",
    operations: [save([a1]), save([a2]), read([a1, a2], { client: "r", toVersion: 1 })],
    stored: [a1, a2],
    violations: [{ rule: "wrong-read", reason: expect.stringContaining("was not asked for") }],
  },
  {
    what: "a read has other bytes than are there",
    operations: [save([a1]), read([{ ...a1, content: "b" }], { client: "r" })],
    stored: [a1],
    violations: [{ rule: "wrong-read", reason: expect.stringContaining("with another content") }],
  },
  {
    what: "a client reads less than it had read",
    operations: [save([a1]), save([a2]), read([a1, a2], { client: "r", at: 10 }), read([a1], { client: "r", at: 20 })],
    stored: [a1, a2],
    violations: [
      { rule: "receding-read", client: "r", reason: "r had seen version 2, and then read up to version 1 only" },
      { rule: "stale-read" },
    ],
  },
  {
    what: "a client is told of a lower latest version than it had read",
    operations: [save([a1]), read([a1], { client: "r", at: 10 }), latest(0, { client: "r", at: 20 })],
    stored: [a1],
    violations: [
      { rule: "receding-read", reason: "r had seen version 1, and then read that the latest is 0" },
      { rule: "stale-version" },
    ],
  },
  {
    what: "a writer does not see what it saved",
    operations: [save([a1], "ok", { client: "r", at: 10 }), read([], { client: "r", at: 20 })],
    stored: [a1],
    violations: [{ rule: "receding-read", reason: "r had saved version 1, and then read nothing from version 0 on" }],
  },
  {
    what: "the latest version is older than what another client had saved",
    operations: [save([a1], "ok", { at: 10 }), latest(0, { client: "r", at: 20 })],
    stored: [a1],
    violations: [
      {
        rule: "stale-version",
        client: "r",
        reason: "w had saved version 1 when r asked, and was told that the latest is 0",
      },
    ],
  },
  {
    what: "a read is without what another client had saved",
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
        reason: "w had saved version 3 when r asked, and read up to version 1 only",
        staleForMs: 19,
      },
    ],
  },
  {
    what: "one event was sent with two contents",
    operations: [save([a1], "unknown"), save([{ ...a1, content: "b" }], "same-event")],
    stored: [a1],
    violations: [{ rule: "malformed" }],
  },
];

describe("a bad history is rejected with its reason", () => {
  test.each(bad)("$what", ({ operations, stored, violations }) => {
    expect(judge(operations, stored)).toEqual(violations.map((violation) => expect.objectContaining(violation)));
  });

  test("an event of one actor is there again at another actor", () => {
    const contents = new Map([
      ["a", [a1]],
      ["b", [a1]],
    ]);
    const violations = checkHistory({ operations: [save([a1]), save([a1], "unknown", { actorId: "b" })], contents });
    expect(violations).toEqual([expect.objectContaining({ rule: "doubled", actorId: "b" })]);
  });

  test.each([
    { what: "no operations", history: { contents: new Map() } },
    { what: "no contents", history: { operations: [] } },
    { what: "an operation that is none", history: { operations: [null], contents: new Map() } },
    { what: "events that are none", history: { operations: [], contents: new Map([["a", [undefined]]]) } },
    { what: "nothing", history: undefined },
  ])("$what: it is no history, and nothing is thrown", ({ history }) => {
    const violations = checkHistory(history as never);
    expect(violations).toEqual([{ rule: "malformed", reason: expect.stringContaining("cannot be judged") }]);
  });
});

describe("what looks odd and is right is accepted", () => {
  const good: readonly Omit<BadHistory, "violations">[] = [
    { what: "nothing at all", operations: [], stored: [] },
    { what: "an unknown event that is there", operations: [save([a1], "unknown")], stored: [a1] },
    { what: "an unknown event that is not there", operations: [save([a1], "unknown")], stored: [] },
    {
      what: "an unknown event that was saved again",
      operations: [save([a1], "unknown"), save([a1], "same-event"), save([a1], "failed")],
      stored: [a1],
    },
    {
      what: "an event that lost, and won at a higher version",
      operations: [save([a1]), save([event(1, "b")], "conflict"), save([event(2, "b")])],
      stored: [a1, event(2, "b")],
    },
    {
      what: "a batch that lost to its own beginning",
      operations: [save([a1]), save([a1, a2], "conflict"), read([a1], { client: "r" }), latest(1, { client: "r" })],
      stored: [a1],
    },
    {
      what: "a save that was refused for what was on its way",
      operations: [save([a1], "conflict", { at: 10 }), save([other1], "ok", { at: 11 })],
      stored: [other1],
    },
    {
      what: "a save of a higher version that ended first, and had not when the lower one began",
      operations: [save([a2], "ok", { at: 10 }), save([a1], "ok", { at: 11 })],
      stored: [a1, a2],
    },
    { what: "versions with gaps", operations: [save([a1]), save([a3])], stored: [a1, a3] },
    {
      what: "a read that was asked for before the save had ended",
      operations: [save([a1], "ok", { at: 10, client: "r" }), read([], { client: "r", at: 10 })],
      stored: [a1],
    },
    {
      what: "a read that began before another client's save had ended",
      operations: [save([a1], "ok", { at: 10 }), read([], { client: "r", at: 10 })],
      stored: [a1],
    },
    {
      what: "a read that ends within a batch because it was asked to",
      operations: [save([a1, a2]), read([a1], { client: "r", toVersion: 1 })],
      stored: [a1, a2],
    },
    {
      what: "a read of a part that says nothing of what was seen before",
      operations: [save([a1]), save([a2]), read([a1, a2], { at: 10 }), read([a1], { at: 20, toVersion: 1 })],
      stored: [a1, a2],
    },
  ];
  test.each(good)("$what", ({ operations, stored }) => {
    expect(judge(operations, stored)).toEqual([]);
  });
});
