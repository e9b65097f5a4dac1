import type { FeedPage } from "@aether/core";
import { describe, expect, test } from "vitest";
import {
  checkHistory,
  type HistoryViolation,
  type RecordedEvent,
  type RecordedOperation,
  type RecordedPage,
  RecordingStore,
  recordedEvent,
} from "../../src/index.ts";
import { event as storedEvent } from "../../src/samples/events.ts";
import { partitionOf, partitionsOfActors } from "../../src/samples/partitions.ts";
import { ReferenceStorage } from "../reference-store/reference-storage.ts";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { event, latest, read, receipts, save } from "./history-builders.ts";

const [a1, a2, a3] = [event(1), event(2), event(3)];
const b1 = event(1, "b1");

/** Saves `a1` at "p1", the batch `a2 a3` at "p2" and "p3", and `b1` of actor b at "p4". */
const operations: readonly RecordedOperation[] = [
  save([a1], "ok", { at: 10, receipts: receipts([a1], "p1") }),
  save([a2, a3], "ok", { at: 20, receipts: receipts([a2, a3], "p2", "p3") }),
  save([b1], "ok", { at: 30, actorId: "b", receipts: receipts([b1], "p4") }),
];
const contents: ReadonlyMap<string, readonly RecordedEvent[]> = new Map([
  ["a", [a1, a2, a3]],
  ["b", [b1]],
]);

const places: Readonly<Record<string, readonly [string, RecordedEvent]>> = {
  p1: ["a", a1],
  p2: ["a", a2],
  p3: ["a", a3],
  p4: ["b", b1],
};

/** A page with the events at these positions, which ends at the last of them. */
function page(positions: string, more: Partial<RecordedPage> = {}): RecordedPage {
  const all = positions.split(" ").filter((each) => each !== "");
  const events = all.map((position) => {
    const [actorId, one] = places[position] ?? ["a", event(9, position)];
    return { ...one, actorId, position };
  });
  const times = { startedAt: 100, endedAt: 101 };
  return { client: "f", read: "f, read 1", ...times, events, position: all.at(-1), isCaughtUp: false, ...more };
}

function judge(pages: readonly RecordedPage[], more: readonly RecordedOperation[] = []): readonly HistoryViolation[] {
  return checkHistory({ operations: [...operations, ...more], contents, pages });
}

const bad: readonly (readonly [string, readonly RecordedPage[], readonly Partial<HistoryViolation>[]])[] = [
  ["positions that descend", [page("p2 p3"), page("p1 p4")], [{ rule: "feed-gap" }, { rule: "feed-order" }]],
  [
    "an event below a position that was already reached",
    [page("", { position: "p1" }), page("p1 p2 p3 p4", { startedAt: 102, endedAt: 103 })],
    [{ rule: "feed-gap", client: "f", actorId: "a" }, { rule: "feed-order" }],
  ],
  [
    "an event that is received again",
    [page("p1"), page("p1 p2 p3 p4", { startedAt: 102, endedAt: 103 })],
    [{ rule: "feed-order" }, { rule: "feed-event", reason: expect.stringContaining("already received") }],
  ],
  [
    "an event that was passed",
    [page("p1 p4")],
    [
      { rule: "feed-gap", reason: expect.stringContaining("without event e2 (actor a, version 2)") },
      { rule: "feed-gap", reason: expect.stringContaining("without event e3 (actor a, version 3)") },
    ],
  ],
  [
    "a page whose position passes an event that is not delivered",
    [page("p1 p2 p3", { position: "p4" })],
    [{ rule: "feed-gap", actorId: "b" }],
  ],
  [
    "a page that is caught up without an event that was acknowledged before it was requested",
    [page("p1 p2 p3", { isCaughtUp: true })],
    [{ rule: "feed-gap", actorId: "b", reason: expect.stringContaining("caught up") }],
  ],
  [
    "an empty page that claims to be caught up",
    [page("", { isCaughtUp: true })],
    [1, 2, 3, 4].map(() => ({ rule: "feed-gap" as const })),
  ],
  [
    "a page that is caught up without an event that another feed has shown",
    [
      page("p1 p2 p3 p4", { client: "g", read: "g, read 1", startedAt: 24, endedAt: 25 }),
      page("p1 p2 p3", { startedAt: 26, endedAt: 27, isCaughtUp: true }),
    ],
    [
      { rule: "feed-event", reason: expect.stringContaining("before any client had sent it") },
      { rule: "version-order" },
      { rule: "feed-gap", client: "f", actorId: "b" },
    ],
  ],
  [
    "a batch that is split across pages",
    [page("p1 p2"), page("p3 p4", { startedAt: 102, endedAt: 103 })],
    [{ rule: "non-atomic-batch" }, { rule: "non-atomic-batch" }],
  ],
  [
    "an event that is not stored",
    [page("p1 p2 p3 p4 p5")],
    [{ rule: "feed-event", reason: expect.stringContaining("not stored") }],
  ],
  [
    "an event whose content is altered",
    [{ ...page(""), position: "p1", events: [{ ...a1, content: "other", actorId: "a", position: "p1" }] }],
    [{ rule: "feed-event", reason: expect.stringContaining("content differs") }],
  ],
  [
    "an event whose position differs from that of its receipt",
    [{ ...page(""), position: "p1b", events: [{ ...a1, actorId: "a", position: "p1b" }] }],
    [{ rule: "feed-event", reason: expect.stringContaining("at p1b and not at its position p1") }],
  ],
  [
    "an event before it was sent",
    [page("p1", { startedAt: 1, endedAt: 2 })],
    [
      { rule: "version-order" },
      { rule: "feed-event", reason: expect.stringContaining("before any client had sent it") },
    ],
  ],
  [
    "an event that the options do not select",
    [page("p1 p2 p3", { actorIdPrefix: "b" })],
    [1, 2, 3].map(() => ({ rule: "feed-event" as const, reason: expect.stringContaining("do not select") })),
  ],
  [
    "a partition that lacks an event of its actor",
    [page("p1", { partition: partitionOf("a"), position: "p4" })],
    [{ rule: "feed-gap" }, { rule: "feed-gap" }],
  ],
  [
    "a position that descends",
    [page("p1 p2 p3 p4"), page("", { position: "p3", startedAt: 102, endedAt: 103 })],
    [{ rule: "feed-order" }],
  ],
  ["an event at or before `after`", [page("p1 p2 p3 p4", { after: "p1" })], [{ rule: "feed-order" }]],
  [
    "a page that is no page",
    [{ ...page("p1"), isCaughtUp: "yes" } as unknown as RecordedPage],
    [{ rule: "malformed-history" }],
  ],
  ["a page that ended before it started", [page("p1", { endedAt: 99 })], [{ rule: "malformed-history" }]],
];

const good: readonly (readonly [string, readonly RecordedPage[]])[] = [
  ["a feed in one page", [page("p1 p2 p3 p4", { isCaughtUp: true })]],
  ["a read that ended early", [page("p1")]],
  [
    "a page that is caught up, requested before an event was acknowledged",
    [page("p1 p2 p3", { startedAt: 25, endedAt: 40, isCaughtUp: true })],
  ],
  ["a read that begins inside a batch", [page("p3 p4", { after: "p2", isCaughtUp: true })]],
  ["a read that begins after everything", [page("", { after: "p4", position: "p4", isCaughtUp: true })]],
  ["a prefix that selects nothing", [page("", { actorIdPrefix: "c", position: "p4", isCaughtUp: true })]],
  ["a partition", [page("p4", { partition: partitionOf("b"), isCaughtUp: true })]],
  [
    "event types that are only in a part of a batch",
    [page("p2", { eventTypes: ["Some"], position: "p4", isCaughtUp: true })],
  ],
  ["pages in another order", [page("p4", { startedAt: 105, endedAt: 106 }), page("p1 p2 p3")]],
  ["two reads that overlap", [page("p1 p2 p3"), page("p1 p2 p3 p4", { read: "f, read 2" })]],
];

describe("checkHistory reports a bad feed", () => {
  test.each(bad)("with %s", (_, pages, violations) => {
    const found = judge(pages).toSorted((left, right) => (left.rule < right.rule ? -1 : 1));
    const expected = violations.toSorted((left, right) => ((left.rule ?? "") < (right.rule ?? "") ? -1 : 1));
    expect(found).toEqual(expected.map((violation) => expect.objectContaining(violation)));
  });

  test("if a later read misses what a feed has shown", () => {
    const shown = page("p1 p2 p3", { startedAt: 24, endedAt: 25 });
    const late = [read([a1], { client: "f", at: 40 }), latest(1, { client: "r", at: 41 })];
    const rules = judge([shown], late).map(({ rule }) => rule);
    expect(rules).toContain("non-monotonic-read");
    expect(rules).toContain("stale-version");
  });

  test("if an event whose outcome is unknown is missing, although another read has its position", () => {
    const unknown = save([event(4)], "unknown", { at: 50 });
    const all = new Map([...contents, ["a", [a1, a2, a3, event(4)]]] as const);
    const seen = page("p1 p2 p3 p4", { read: "g", client: "g" });
    const withUnknown = {
      ...seen,
      position: "p5",
      events: [...seen.events, { ...event(4), actorId: "a", position: "p5" }],
    };
    const pages = [withUnknown, page("p1 p2 p3 p4", { position: "p6" })];
    const violations = checkHistory({ operations: [...operations, unknown], contents: all, pages });
    expect(violations).toEqual([expect.objectContaining({ rule: "feed-gap", client: "f", actorId: "a" })]);
  });
});

describe("checkHistory accepts a feed that looks odd but is correct", () => {
  test.each(good)("%s", (_, pages) => {
    expect(judge(pages)).toEqual([]);
  });
});

/** Records two clients that save, and two reads that run beside them. Returns the violations. */
async function recorded(Store: typeof ReferenceStore): Promise<readonly HistoryViolation[]> {
  const storage = new ReferenceStorage();
  const recordedOperations: RecordedOperation[] = [];
  const pages: RecordedPage[] = [];
  const clients = ["one", "two"].map((client) => {
    const record = (operation: RecordedOperation): void => void recordedOperations.push(operation);
    return new RecordingStore(new Store(storage), { client, record, recordPage: (each) => void pages.push(each) });
  });
  const [one, two] = clients as [RecordingStore, RecordingStore];
  const stop = new AbortController();
  const following = (async () => {
    for await (const _ of one.readFeed({ follow: true, signal: stop.signal }));
  })().catch(() => {});
  let after: FeedPage["position"];
  for (let version = 1; version <= 40; version += 2) {
    await one.saveEvent(storedEvent("a", version));
    await two.saveEvents([storedEvent("b", version), storedEvent("b", version + 1)]);
    for await (const each of two.readFeed({ after, partition: version % 3 === 0 ? partitionOf("b") : undefined }))
      after = each.position;
    await new Promise((resolve) => setImmediate(resolve));
  }
  stop.abort();
  await following;
  const store = new ReferenceStore(storage);
  const stored = new Map<string, readonly RecordedEvent[]>();
  for (const actorId of ["a", "b"]) stored.set(actorId, (await store.getEvents(actorId)).map(recordedEvent));
  expect(pages.length).toBeGreaterThan(40);
  return checkHistory({ operations: recordedOperations, contents: stored, pages });
}

test("a RecordingStore records the pages of a correct store, and its history has no violations", async () => {
  expect(await recorded(ReferenceStore)).toEqual([]);
});

test("a RecordingStore records the pages of a store that loses events of its feed", async () => {
  class Losing extends ReferenceStore {
    protected override page(...args: Parameters<ReferenceStore["page"]>): FeedPage {
      const whole = super.page(...args);
      return { ...whole, events: whole.events.filter(({ event: { version } }) => version !== 13) };
    }
  }
  const violations = await recorded(Losing);
  expect(new Set(violations.map(({ rule }) => rule))).toEqual(new Set(["feed-gap", "non-atomic-batch"]));
});

test("a RecordingStore rejects to read the feed of a store without one", () => {
  const store = new ReferenceStore(new ReferenceStorage());
  Object.assign(store, { supports: { durable: false, shared: false } });
  const recorder = new RecordingStore(store, { client: "one", record: () => {} });
  expect(() => recorder.readFeed()).toThrowError(expect.objectContaining({ code: "AETHER_UNSUPPORTED" }));
});

test("the suite knows the partitions of the contract", () => {
  const partitions = Object.keys(partitionsOfActors).map((actorId) => [actorId, partitionOf(actorId)]);
  expect(Object.fromEntries(partitions)).toEqual(partitionsOfActors);
});
