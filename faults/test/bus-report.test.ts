import { expect, test } from "vitest";
import { type BusReport, judgeBuses } from "../src/buses/bus-report.ts";

const quiet = {
  client: "nats-io",
  malformed: 0,
  refused: [],
  unconfirmed: 0,
  missed: 0,
  dropped: 0,
  missedReported: 0,
  unheard: [],
  surprises: [],
} as const;
const a: BusReport = { ...quiet, name: "a", attempts: 5, received: { a: [1, 2, 3, 4, 5], b: [1, 2] } };
const b: BusReport = { ...quiet, name: "b", attempts: 2, received: { b: [1, 2], a: [2, 3, 4, 5] } };

test("what arrived late, and what is counted as missed, is right", () => {
  expect(judgeBuses([a, b])).toEqual([]);
  const gap = { ...b, received: { ...b.received, a: [1, 4, 5] }, missed: 2, missedReported: 2 };
  expect(judgeBuses([a, gap])).toEqual([]);
  const refused = { ...a, refused: [3], received: { ...a.received, a: [1, 2, 4, 5] } };
  expect(judgeBuses([refused, { ...b, received: { ...b.received, a: [1, 2, 4, 5] } }])).toEqual([]);
});

test.each([
  [{ received: { b: [1, 2], a: [1, 2, 2, 3, 4, 5] } }, "b got number 2 of a twice"],
  [{ received: { b: [1, 2], a: [1, 3, 2, 4, 5] } }, "b got number 2 of a behind number 3"],
  [{ received: { b: [1, 2], a: [1, 5] } }, "b lost 3 and counted 0 missed, 0 dropped"],
  [{ received: { b: [1, 2], a: [1, 5] }, missed: 3 }, "b counted 3 missed and reported 0"],
  [{ missed: 1, missedReported: 1 }, "b lost 0 and counted 1 missed, 0 dropped"],
  [{ received: { b: [1], a: [1] } }, "b did not get 1 of its own"],
  [{ received: { b: [1, 2], a: [] } }, "b got nothing of a"],
  [{ received: { b: [1, 2], a: [6] } }, "b got more of a than there was"],
  [{ unheard: ["a"] }, "b did not hear a again when everything was mended"],
  [{ malformed: 1 }, "b got 1 messages that are no events"],
  [{ surprises: ["status overflow"] }, "b: status overflow"],
])("%j: %s", (change, violation) => {
  expect(judgeBuses([a, { ...b, ...change } as BusReport])).toEqual([violation]);
});

test("what the client garbles that is known to is the client's", () => {
  expect(judgeBuses([a, { ...b, client: "nats", malformed: 1 }])).toEqual([]);
});

test("what was said not to be sent must not arrive", () => {
  const refusing = { ...a, refused: [3], received: { ...a.received, a: [1, 2, 4, 5] } };
  expect(judgeBuses([refusing, { ...b, received: { b: [1, 2], a: [3, 4] } }])).toContain(
    "b got number 3 of a, which was said not to be sent",
  );
});
