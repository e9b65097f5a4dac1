import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  checkHistory,
  type History,
  type HistoryRule,
  type RecordedEvent,
  type RecordedOperation,
  type SaveOutcome,
} from "../../src/index.ts";

type Mutable = { operations: RecordedOperation[]; contents: Map<string, RecordedEvent[]> };
type Pick = (count: number) => number;

/** The next action of one client. `from`, a number from 0 to 1, determines the versions that the action uses. */
const step = fc.record({
  client: fc.constantFrom("w1", "w2", "r1"),
  actorId: fc.constantFrom("a", "b"),
  action: fc.constantFrom("save", "save", "batch", "conflict", "lose the answer", "lose the save", "read", "latest"),
  from: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

/** Runs the steps one after the other against a model of a correct store. */
function run(steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]): Mutable {
  const operations: RecordedOperation[] = [];
  const contents = new Map<string, RecordedEvent[]>();
  steps.forEach(({ client, actorId, action, from }, at) => {
    const call = { client, actorId, startedAt: at * 2, endedAt: at * 2 + 1 };
    const stored = contents.get(actorId) ?? [];
    contents.set(actorId, stored);
    const latest = stored.at(-1)?.version ?? 0;
    const make = (version: number, index = 0): RecordedEvent => ({ id: `${at}.${index}`, version, content: `c${at}` });
    const save = (events: readonly RecordedEvent[], outcome: SaveOutcome, isStored: boolean): void => {
      if (isStored) stored.push(...events);
      operations.push({ kind: "save", ...call, events, outcome });
    };
    if (action === "save") save([make(latest + 1 + Math.floor(from * 2))], "ok", true);
    if (action === "batch") save([make(latest + 1), make(latest + 2, 1), make(latest + 3, 2)], "ok", true);
    if (action === "conflict" && latest > 0) save([make(1 + Math.floor(from * latest))], "conflict", false);
    if (action === "lose the answer") save([make(latest + 1)], "unknown", true);
    if (action === "lose the save") save([make(latest + 1)], "unknown", false);
    if (action === "latest") operations.push({ kind: "latest-version", ...call, version: latest });
    const fromVersion = Math.floor(from * (latest + 1));
    const events = stored.filter(({ version }) => version >= fromVersion);
    if (action === "read") operations.push({ kind: "read", ...call, fromVersion, events });
  });
  return { operations, contents };
}

const history = fc.array(step, { minLength: 20, maxLength: 60 }).map(run);

/** Changes that a broken store could cause. Each returns the broken rule, or `undefined` if it cannot be applied. */
const corruptions: Readonly<Record<string, (broken: Mutable, pick: Pick) => HistoryRule | undefined>> = {
  "loses an acknowledged event": ({ operations, contents }, pick) => {
    const saves = operations.filter(
      ({ kind, ...call }) => kind === "save" && "outcome" in call && call.outcome === "ok",
    );
    const save = saves[pick(saves.length)];
    if (save?.kind !== "save") return undefined;
    const stored = contents.get(save.actorId) ?? [];
    stored.splice(
      stored.findIndex(({ id }) => id === save.events.at(-1)?.id),
      1,
    );
    return "lost-event";
  },
  "stores an event twice": ({ contents }, pick) => {
    const stored = someEvents(contents, pick);
    const event = stored?.[pick(stored.length)];
    if (stored === undefined || event === undefined) return undefined;
    stored.push({ ...event, version: (stored.at(-1)?.version ?? 0) + 1 });
    return "duplicate-event";
  },
  "alters the content of an event": ({ contents }, pick) => {
    const stored = someEvents(contents, pick);
    const at = pick(stored?.length ?? 0);
    const event = stored?.[at];
    if (stored === undefined || event === undefined) return undefined;
    stored[at] = { ...event, content: `${event.content}!` };
    return "altered-event";
  },
  "swaps two events": ({ contents }, pick) => {
    const stored = someEvents(contents, pick);
    const at = pick((stored?.length ?? 1) - 1);
    const [one, two] = stored?.slice(at, at + 2) ?? [];
    if (stored === undefined || one === undefined || two === undefined) return undefined;
    stored.splice(at, 2, two, one);
    return "version-order";
  },
  "stores an event that it rejected": ({ operations, contents }, pick) => {
    const conflicts = operations.filter((operation) => operation.kind === "save" && operation.outcome === "conflict");
    const save = conflicts[pick(conflicts.length)];
    if (save?.kind !== "save") return undefined;
    contents.get(save.actorId)?.push(...save.events);
    return "rejected-event-stored";
  },
  "skips an event in a read": ({ operations }, pick) => {
    const reads = operations.filter((operation) => operation.kind === "read" && operation.events.length > 1);
    const read = reads[pick(reads.length)];
    if (read?.kind !== "read") return undefined;
    const events = read.events.toSpliced(pick(read.events.length - 1), 1);
    operations.splice(operations.indexOf(read), 1, { ...read, events });
    return "inconsistent-read";
  },
  "returns fewer events than it had already returned": ({ operations }, pick) => {
    const reads = operations.filter((operation) => operation.kind === "read" && operation.events.length > 0);
    const read = reads[pick(reads.length)];
    if (read?.kind !== "read") return undefined;
    operations.push({ ...read, events: [], startedAt: 1_000, endedAt: 1_001 });
    return "non-monotonic-read";
  },
  "returns no events to another client": ({ operations }, pick) => {
    const saves = operations.filter((operation) => operation.kind === "save" && operation.outcome === "ok");
    const save = saves[pick(saves.length)];
    if (save?.kind !== "save") return undefined;
    const { actorId } = save;
    const [first] = save.events;
    const read = { kind: "read", client: "new", actorId, startedAt: 1_000, endedAt: 1_001, events: [] } as const;
    operations.push({ ...read, fromVersion: first?.version ?? 0 });
    return "stale-read";
  },
  "returns a latest version that is too low": ({ operations }, pick) => {
    const saves = operations.filter((operation) => operation.kind === "save" && operation.outcome === "ok");
    const save = saves[pick(saves.length)];
    if (save === undefined) return undefined;
    const { actorId } = save;
    operations.push({ kind: "latest-version", client: "new", actorId, version: 0, startedAt: 1_000, endedAt: 1_001 });
    return "stale-version";
  },
};

function someEvents(contents: Mutable["contents"], pick: Pick): RecordedEvent[] | undefined {
  const filled = [...contents.values()].filter((events) => events.length > 0);
  return filled[pick(filled.length)];
}

describe("checkHistory, on random histories,", () => {
  test("accepts the histories of a correct store", () => {
    fc.assert(
      fc.property(history, (correct: History) => {
        expect(checkHistory(correct)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test.each(Object.keys(corruptions))("finds a store that %s", (name) => {
    const picks = fc.infiniteStream(fc.nat());
    let broken = 0;
    const property = fc.property(history, picks, (correct, stream) => {
      const rule = corruptions[name]?.(correct, (count) => (count > 0 ? (stream.next().value ?? 0) % count : 0));
      if (rule === undefined) return;
      broken++;
      expect(checkHistory(correct).map((violation) => violation.rule)).toContain(rule);
    });
    fc.assert(property, { numRuns: 200 });
    expect(broken).toBeGreaterThan(20);
  });
});
