import type { RecordedOperation } from "@aether/conformance";
import { formatPosition, partitionOf, recordStamp } from "@aether/store-kit";
import { expect, test } from "vitest";
import { checkFeeds } from "../src/feeds/check-feeds.ts";
import type { DeliveredEvent, DeliveredPage } from "../src/workload/feed-log.ts";

const commits = [
  { sequence: 1, actorId: "a", eventIds: ["a1"] },
  { sequence: 2, actorId: "b", eventIds: ["b1", "b2"] },
  { sequence: 4, actorId: "a", eventIds: ["a2"] },
];
const at = (sequence: number, index = 0, stamp = "id") =>
  formatPosition({ sequence, index, incarnation: "i", stamp: recordStamp(stamp) });
const a1: DeliveredEvent = [at(1), "a", 1, "a1"];
const b1: DeliveredEvent = [at(2), "b", 1, "b1"];
const b2: DeliveredEvent = [at(2, 1), "b", 2, "b2"];
const a2: DeliveredEvent = [at(4), "a", 2, "a2"];
const page = (events: readonly DeliveredEvent[], fields: Partial<DeliveredPage> = {}): DeliveredPage => ({
  requestedAt: 100,
  arrivedAt: 100,
  isCaughtUp: false,
  position: events.at(-1)?.[0],
  events,
  errors: 0,
  ...fields,
});
const saved = (id: string, position: string, endedAt: number): RecordedOperation => ({
  kind: "save",
  client: "w",
  actorId: "a",
  startedAt: 0,
  endedAt,
  events: [],
  outcome: "ok",
  receipts: [{ id, version: 1, position }],
});
const operations = [saved("a1", at(1), 10), saved("a2", at(4), 40)];
const rulesOf = (pages: readonly DeliveredPage[], partition?: number, maxStalenessMs = 0): readonly string[] =>
  checkFeeds({ feeds: [{ name: "f", partition, pages }], commits, operations, maxStalenessMs }).violations.map(
    (violation) => violation.slice(0, violation.indexOf(",")),
  );

test("each event once, in order, in any pages, is no violation", () => {
  expect(rulesOf([page([a1, b1, b2, a2], { isCaughtUp: true })])).toEqual([]);
  expect(rulesOf([page([]), page([a1], { position: at(1) }), page([b1, b2]), page([a2])])).toEqual([]);
  expect(rulesOf([page([b1, b2]), page([], { position: at(4), isCaughtUp: true })], partitionOf("b"))).toEqual([]);
});

test.each([
  ["an event is missing", [page([a1, b1, a2])], ["feed-lost-event"]],
  ["the last event is missing", [page([a1, b1, b2])], ["feed-lost-event"]],
  ["nothing was delivered", [], ["feed-lost-event"]],
  ["an event is repeated after a resume", [page([a1, b1, b2]), page([b2, a2])], ["feed-order"]],
  [
    "a position covers an event that comes later",
    [page([a1], { position: at(2) }), page([b2, a2])],
    ["feed-early-position"],
  ],
  ["an event has another place", [page([a1, [at(2), "b", 1, "b2"], b2, a2])], ["feed-wrong-event", "feed-lost-event"]],
  ["an event is not stored", [page([a1, b1, b2, a2, [at(5), "c", 1, "c1"]])], ["feed-wrong-event"]],
  ["a position differs from the receipt", [page([[at(1, 0, "other"), "a", 1, "a1"], b1, b2, a2])], ["feed-position"]],
  ["a record was malformed", [page([a1, b1, b2, a2], { errors: 1 })], ["feed-malformed-record"]],
  [
    "a page says too early that it has caught up",
    [page([a1], { isCaughtUp: true }), page([b1, b2, a2])],
    ["feed-stale-end"],
  ],
])("%s", (_, pages, rules) => {
  expect(rulesOf(pages)).toEqual(rules);
});

test("a page may say too early that it has caught up, for as long as a replaced leader may answer", () => {
  const pages = [page([a1], { isCaughtUp: true, requestedAt: 100 }), page([b1, b2, a2])];
  expect(rulesOf(pages, undefined, 60)).toEqual([]);
  expect(rulesOf(pages, undefined, 59)).toEqual(["feed-stale-end"]);
  // Not acknowledged yet when the page was requested.
  expect(rulesOf([page([a1], { isCaughtUp: true, requestedAt: 40 }), page([b1, b2, a2])])).toEqual([]);
});
