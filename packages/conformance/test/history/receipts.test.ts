import { expect, test } from "vitest";
import { checkHistory } from "../../src/index.ts";
import { type BadHistory, event, type GoodHistory, receipts, save, testHistories } from "./history-builders.ts";

const [a1, a2, a3] = [event(1), event(2), event(3)];

const bad: readonly BadHistory[] = [
  {
    what: "a receipt has another version",
    operations: [save([a1], "ok", { receipts: [{ id: "e1", version: 2, position: "1" }] })],
    stored: [a1],
    violations: [
      {
        rule: "wrong-receipt",
        client: "w",
        reason: "w saved event e1 at version 1, but got a receipt for event e1 at version 2",
      },
    ],
  },
  {
    what: "a receipt has another id",
    operations: [save([a1], "ok", { receipts: [{ id: "e2", version: 1, position: "1" }] })],
    stored: [a1],
    violations: [{ rule: "wrong-receipt" }],
  },
  {
    what: "the receipts of a batch are in another order",
    operations: [save([a1, a2], "ok", { receipts: receipts([a2, a1], "1", "2") })],
    stored: [a1, a2],
    violations: [{ rule: "wrong-receipt" }],
  },
  {
    what: "a batch has one receipt only",
    operations: [save([a1, a2], "ok", { receipts: receipts([a1], "1") })],
    stored: [a1, a2],
    violations: [{ rule: "wrong-receipt", reason: "w saved 2 events, but got 1 receipts" }],
  },
  {
    what: "the events of a batch have the same position",
    operations: [save([a1, a2], "ok", { receipts: receipts([a1, a2], "7", "7") })],
    stored: [a1, a2],
    violations: [
      {
        rule: "wrong-receipt",
        reason: "event e1 (actor a, version 1) and event e2 (actor a, version 2) have the same position: 7 and 7",
      },
    ],
  },
  {
    what: "the positions of a batch descend",
    operations: [save([a1, a2], "ok", { receipts: receipts([a1, a2], "2", "1") })],
    stored: [a1, a2],
    violations: [
      {
        rule: "wrong-receipt",
        reason: expect.stringContaining("have positions that descend although their versions ascend: 2 and 1"),
      },
    ],
  },
  {
    what: "the positions of an actor descend, even in saves at the same time",
    operations: [
      save([a1], "ok", { receipts: receipts([a1], "3") }),
      save([a2], "ok", { client: "v", receipts: receipts([a2], "2") }),
    ],
    stored: [a1, a2],
    violations: [{ rule: "wrong-receipt", client: "v" }],
  },
  {
    what: "positions are numbers without padding",
    operations: [
      save([a1], "ok", { receipts: receipts([a1], "9") }),
      save([a2], "ok", { at: 10, receipts: receipts([a2], "10") }),
    ],
    stored: [a1, a2],
    violations: [{ rule: "wrong-receipt" }],
  },
];

const good: readonly GoodHistory[] = [
  {
    what: "receipts with ascending positions",
    operations: [
      save([a1, a2], "ok", { receipts: receipts([a1, a2], "1", "2") }),
      save([a3], "ok", { at: 10, receipts: receipts([a3], "3") }),
    ],
    stored: [a1, a2, a3],
  },
  {
    what: "a receipt for an event that an earlier call of unknown outcome may have stored",
    operations: [
      save([a1], "unknown"),
      save([a2], "ok", { at: 10, receipts: receipts([a2], "2") }),
      save([a3], "ok", { at: 10, client: "v" }),
    ],
    stored: [a1, a2, a3],
  },
];

testHistories(bad, good);

const b1 = event(1, "b");
const inBoth = new Map([
  ["a", [a1]],
  ["b", [b1]],
]);
const saves = (atB: number, positionB: string) => [
  save([a1], "ok", { at: 10, receipts: receipts([a1], "5") }),
  save([b1], "ok", { actorId: "b", client: "v", at: atB, receipts: receipts([b1], positionB) }),
];

test("checkHistory reports positions of two actors that contradict the order of the saves", () => {
  const violations = checkHistory({ operations: saves(20, "4"), contents: inBoth });
  expect(violations).toEqual([
    {
      rule: "wrong-receipt",
      actorId: "b",
      client: "v",
      reason:
        "event e1 (actor a, version 1) and event b (actor b, version 1) have positions that descend " +
        "although the first was acknowledged before the second was sent: 5 and 4",
    },
  ]);
});

test("checkHistory reports a position that events of two actors share", () => {
  const violations = checkHistory({ operations: saves(10, "5"), contents: inBoth });
  expect(violations).toEqual([expect.objectContaining({ rule: "wrong-receipt", actorId: "b", client: "v" })]);
});

test("checkHistory accepts any order of positions for saves at the same time", () => {
  expect(checkHistory({ operations: saves(10, "4"), contents: inBoth })).toEqual([]);
  expect(checkHistory({ operations: saves(10, "6"), contents: inBoth })).toEqual([]);
});
