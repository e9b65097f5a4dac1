import { expect, test } from "vitest";
import { type BusReport, checkBusReports } from "../src/buses/bus-report.ts";

const noProblems = {
  client: "nats-io",
  malformed: 0,
  rejected: [],
  unconfirmed: 0,
  missed: 0,
  dropped: 0,
  missedReported: 0,
  silentPeers: [],
  unexpected: [],
} as const;
const a: BusReport = { ...noProblems, name: "a", attempts: 5, received: { a: [1, 2, 3, 4, 5], b: [1, 2] } };
const b: BusReport = { ...noProblems, name: "b", attempts: 2, received: { b: [1, 2], a: [2, 3, 4, 5] } };

test("late subscriptions, counted losses and rejected publishes are no violations", () => {
  expect(checkBusReports([a, b])).toEqual([]);
  const gap = { ...b, received: { ...b.received, a: [1, 4, 5] }, missed: 2, missedReported: 2 };
  expect(checkBusReports([a, gap])).toEqual([]);
  const rejected = { ...a, rejected: [3], received: { ...a.received, a: [1, 2, 4, 5] } };
  expect(checkBusReports([rejected, { ...b, received: { ...b.received, a: [1, 2, 4, 5] } }])).toEqual([]);
});

test.each([
  [{ received: { b: [1, 2], a: [1, 2, 2, 3, 4, 5] } }, "b received event 2 of a twice"],
  [{ received: { b: [1, 2], a: [1, 3, 2, 4, 5] } }, "b received event 2 of a after event 3"],
  [{ received: { b: [1, 2], a: [1, 5] } }, "b lost 3 and counted 0 missed, 0 dropped"],
  [{ received: { b: [1, 2], a: [1, 5] }, missed: 3 }, "b counted 3 missed and reported 0"],
  [{ missed: 1, missedReported: 1 }, "b lost 0 and counted 1 missed, 0 dropped"],
  [{ received: { b: [1], a: [1] } }, "b did not receive 1 of its own events"],
  [{ received: { b: [1, 2], a: [] } }, "b received nothing from a"],
  [{ received: { b: [1, 2], a: [6] } }, "b received more events of a than were published"],
  [{ silentPeers: ["a"] }, "b received nothing from a after the faults ended"],
  [{ malformed: 1 }, "b received 1 messages that are not events"],
  [{ unexpected: ["status overflow"] }, "b: status overflow"],
])("%j: %s", (change, violation) => {
  expect(checkBusReports([a, { ...b, ...change } as BusReport])).toEqual([violation]);
});

test("malformed messages are no violation with the client that is known to corrupt them", () => {
  expect(checkBusReports([a, { ...b, client: "nats", malformed: 1 }])).toEqual([]);
});

test("an event that was reported as not sent must not arrive", () => {
  const rejecting = { ...a, rejected: [3], received: { ...a.received, a: [1, 2, 4, 5] } };
  expect(checkBusReports([rejecting, { ...b, received: { b: [1, 2], a: [3, 4] } }])).toContain(
    "b received event 3 of a, which was reported as not sent",
  );
});
