import type { Position } from "@aether/core";
import { partitionOf } from "@aether/store-kit";
import { describe, expect, test } from "vitest";
import { checkProcessors } from "../src/processors/check-processors.ts";
import type { HandlerCall, LeaseState, ParkState, ProcessorHistory } from "../src/processors/processor-history.ts";
import { Timeline } from "../src/processors/timeline.ts";

const actorId = "a";
const partition = partitionOf(actorId);
const at = (sequence: number): Position => `p${sequence}` as Position;

const events = [1, 2, 3, 4].map((version) => ({ actorId, version, position: at(version) }));

const call = (version: number, token: string, startMs: number, changes: Partial<HandlerCall> = {}): HandlerCall => ({
  process: token,
  partition,
  token,
  position: at(version),
  actorId,
  version,
  startMs,
  end: { outcome: "handled", atMs: startMs + 5 },
  ...changes,
});

const lease = (
  token: string,
  sequence: number,
  sentMs: number,
  checkpoint: number,
  changes: Partial<LeaseState> = {},
): LeaseState => ({
  partition,
  token,
  write: sequence,
  sentMs,
  stored: { sequence, atMs: sentMs + 1 },
  checkpoint: checkpoint === 0 ? null : at(checkpoint),
  ahead: null,
  isReleased: false,
  ...changes,
});

const park = (token: string, sequence: number, sentMs: number, actors: ParkState["actors"]): ParkState => ({
  partition,
  token,
  write: sequence,
  sentMs,
  stored: { sequence, atMs: sentMs + 1 },
  actors,
});

const failed = (atMs: number): HandlerCall["end"] => ({ outcome: "failed", atMs });

/**
 * One owner handles the first event, parks the actor at the second one, and is killed. The next owner handles the first
 * event again, then the parked ones.
 */
const good: ProcessorHistory = {
  events,
  acknowledged: { [actorId]: 4 },
  calls: [
    call(1, "A", 10),
    call(2, "A", 20, { end: failed(25) }),
    call(2, "B", 220, { end: failed(225) }),
    call(2, "B", 230),
    call(3, "B", 240),
    call(4, "B", 250),
  ],
  leases: [
    lease("A", 1, 1, 0),
    lease("A", 2, 16, 1),
    lease("B", 4, 100, 1),
    lease("B", 7, 120, 3),
    lease("B", 9, 270, 4),
  ],
  parks: [
    park("A", 3, 30, [{ actorId, position: at(2), after: at(1) }]),
    park("B", 6, 110, [{ actorId, position: at(2), after: at(1) }]),
    park("B", 8, 260, []),
  ],
  discards: [],
  waits: [{ position: at(4), reportedMs: 300 }],
  resetMs: 400,
};

function violationsOf(changes: Partial<ProcessorHistory>): readonly string[] {
  const { violations } = checkProcessors({ ...good, ...changes }, {});
  return violations.filter((violation) => !violation.startsWith("too little happened"));
}

/** Replaces the calls of one version. */
const calls = (version: number, ...replaced: readonly HandlerCall[]): Partial<ProcessorHistory> => ({
  calls: [...good.calls.filter((each) => each.version !== version), ...replaced],
});

/** The leases, of which the first owner's say more about the events after the beginning. */
const aheadOf = (ahead: LeaseState["ahead"]): readonly LeaseState[] =>
  good.leases.map((state) =>
    state.token === "A" || state.sentMs === 100
      ? { ...state, checkpoint: null, ahead: state.sentMs < 16 ? null : ahead }
      : state,
  );

const parkedCalls = good.calls.slice(1, 4);

test("a parked actor, a takeover, and repeats after the last checkpoint are right", () => {
  expect(violationsOf({})).toEqual([]);
  const repeated = [call(1, "A", 10), call(1, "B", 105)];
  const leases = good.leases.map((state) =>
    state.token === "A" || state.sentMs === 100 ? { ...state, checkpoint: null } : state,
  );
  expect(violationsOf({ ...calls(1, ...repeated), leases })).toEqual([]);
});

test("an event that is open in the progress may be handled again", () => {
  const repeated = [call(1, "A", 10), call(1, "B", 105)];
  const ahead = { upTo: at(1), open: [at(1)] };
  expect(violationsOf({ ...calls(1, ...repeated), leases: aheadOf(ahead) })).toEqual([]);
});

test("an event that was discarded need not be handled", () => {
  const without = calls(2, ...parkedCalls.slice(0, 2));
  expect(violationsOf(without)).not.toEqual([]);
  expect(violationsOf({ ...without, discards: [{ actorId, version: 2, sentMs: 235 }] })).toEqual([]);
});

describe("the checker rejects", () => {
  test.each<[string, Partial<ProcessorHistory>, string]>([
    ["an event that was not handled", calls(4), "a/4 was never handled"],
    ["an event that only failed", calls(4, call(4, "B", 250, { end: failed(255) })), "a/4 was never handled"],
    ["an event whose handler did not end", calls(4, call(4, "B", 250, { end: undefined })), "a/4 was never handled"],
    ["an acknowledged event that is gone", { acknowledged: { a: 5 } }, "a/5 was acknowledged but is not in the store"],
    ["an event that was started after a reset", calls(4, call(4, "B", 250), call(4, "B", 401)), "after a reset of"],
    ["a wait that ended too early", { waits: [{ position: at(3), reportedMs: 242 }] }, "is handled before a/3 was"],
  ])("%s", (_, changes, violation) => {
    expect(violationsOf(changes)).toContainEqual(expect.stringContaining(violation));
  });

  test.each<[string, Partial<ProcessorHistory>, string]>([
    [
      "an event before an earlier one of its actor",
      calls(3, call(3, "B", 228)),
      "B started a/3 before a/2 was handled",
    ],
    ["an event while an earlier one is handled", calls(3, call(3, "B", 232)), "while the handler of a/2 was running"],
    ["an event after a later one", calls(1, call(1, "A", 10), call(1, "A", 27)), "a/1 after a/2, under one lease"],
    ["an event again by the same owner", calls(4, call(4, "B", 250), call(4, "B", 257)), "again after it was handled"],
    [
      "an event that follows one whose discard was requested later",
      { ...calls(2, ...parkedCalls.slice(0, 2)), discards: [{ actorId, version: 2, sentMs: 245 }] },
      "B started a/3 before a/2 was handled",
    ],
    [
      "an event of an owner that was replaced",
      calls(1, call(1, "A", 10), call(1, "A", 107)),
      "after another process had taken over",
    ],
    ["an event of a process without a lease", calls(1, call(1, "", 10)), "a/1 without the lease"],
    ["an event that starts before the lease was stored", calls(1, call(1, "A", 1)), "a/1 without the lease"],
    [
      "an event of a process whose lease was not stored",
      { leases: good.leases.map((state) => (state.token === "A" ? { ...state, stored: undefined } : state)) },
      "A started a/1 without the lease",
    ],
  ])("%s", (_, changes, violation) => {
    expect(violationsOf(changes)).toContainEqual(expect.stringContaining(violation));
  });

  test.each<[string, Partial<ProcessorHistory>, string]>([
    ["a checkpoint ahead of a handler", { leases: [...good.leases, lease("A", 2.5, 12, 1)] }, "ahead of a/1"],
    [
      "a checkpoint ahead that may not be stored",
      { leases: [...good.leases, lease("A", 0, 12, 1, { stored: undefined })] },
      "ahead of a/1",
    ],
    ["a checkpoint ahead of a failed event that is not parked", { parks: good.parks.slice(2) }, "ahead of a/2"],
    [
      "a checkpoint ahead of an event before the parked one",
      {
        parks: good.parks.map((state) => ({
          ...state,
          actors: state.actors.map((each) => ({ ...each, position: at(3) })),
        })),
      },
      "ahead of a/2",
    ],
    [
      "a checkpoint ahead of an event whose actor is not parked any more",
      { parks: [...good.parks, park("B", 6.5, 112, [])] },
      "ahead of a/2",
    ],
    [
      "a checkpoint that was sent before the park record was stored",
      { leases: [...good.leases, lease("A", 2.5, 30, 2)] },
      "ahead of a/2",
    ],
    [
      "a progress that is ahead of a handler",
      { leases: [...good.leases, lease("A", 2.5, 12, 0, { ahead: { upTo: at(1), open: [] } })] },
      "ahead of a/1",
    ],
    [
      "a progress that is ahead of an event after an open one",
      { leases: [...good.leases, lease("A", 2.5, 12, 0, { ahead: { upTo: at(2), open: [at(1)] } })] },
      "ahead of a/2",
    ],
    [
      "an event again that was stored as handled after the checkpoint",
      { ...calls(1, call(1, "A", 10), call(1, "B", 105)), leases: aheadOf({ upTo: at(1), open: [] }) },
      "a/1 after it was stored as handled",
    ],
    ["a checkpoint that goes back", { leases: [...good.leases, lease("B", 10, 280, 2)] }, "went back from p4 to p2"],
    [
      "an event again after the checkpoint",
      calls(1, call(1, "A", 10), call(1, "B", 150)),
      "a/1 after it was stored as handled",
    ],
    [
      "a parked event again after it is not parked any more",
      calls(4, call(4, "B", 250), call(4, "B", 280)),
      "a/4 after it was stored as handled",
    ],
    [
      "a parked event again after the progress of its retry was stored",
      {
        ...calls(2, ...parkedCalls, call(2, "C", 400)),
        leases: [...good.leases, lease("C", 20, 390, 4)],
        parks: [...good.parks, park("C", 21, 395, [{ actorId, position: at(2), after: at(2) }])],
      },
      "a/2 after it was stored as handled",
    ],
  ])("%s", (_, changes, violation) => {
    expect(violationsOf(changes)).toContainEqual(expect.stringContaining(violation));
  });

  test("a run in which nothing happened", () => {
    const empty = {
      events: [],
      acknowledged: {},
      calls: [],
      leases: [],
      parks: [],
      discards: [],
      waits: [],
      resetMs: 0,
    };
    const { violations } = checkProcessors(empty, { "kill a process": 0 });
    expect(violations).toHaveLength(7);
    expect(violations).toContain('no fault of the kind "kill a process" was injected');
  });
});

test("the figures of a run", () => {
  expect(checkProcessors(good, {}).activity).toEqual({
    "events handled": 4,
    "events handled again": 0,
    "events discarded": 0,
    "checkpoints stored": 4,
    "leases taken": 2,
    "leases taken from processes that did not release them": 1,
    "actors parked": 1,
    "parked events handled by a retry": 1,
  });
});

describe("a timeline", () => {
  const [first, unknown, second] = [
    lease("A", 1, 10, 1),
    lease("A", 2, 20, 2, { stored: undefined }),
    lease("A", 3, 30, 3),
  ];
  const timeline = new Timeline([second, first, unknown]);

  test("has the states that may have been stored at a time", () => {
    expect(timeline.possibleAt(9)).toEqual([]);
    expect(timeline.possibleAt(15)).toEqual([first]);
    expect(new Set(timeline.possibleAt(30))).toEqual(new Set([first, unknown, second]));
    expect(timeline.possibleAt(31)).toEqual([second]);
  });

  test("has the last state that was certainly stored at a time", () => {
    expect(timeline.knownAt(10)).toBeUndefined();
    expect(timeline.knownAt(30)).toBe(first);
    expect(timeline.knownAt(40)).toBe(second);
  });
});
