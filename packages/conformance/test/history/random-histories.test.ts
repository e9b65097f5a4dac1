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

/** What one client does next. A number below 1 decides whatever there is to decide. */
const step = fc.record({
  client: fc.constantFrom("w1", "w2", "r1"),
  actorId: fc.constantFrom("a", "b"),
  what: fc.constantFrom("save", "save", "batch", "behind", "lose the answer", "lose the save", "read", "latest"),
  from: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

/** Plays the steps against a store that is right, one after the other. */
function play(steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]): Mutable {
  const operations: RecordedOperation[] = [];
  const contents = new Map<string, RecordedEvent[]>();
  steps.forEach(({ client, actorId, what, from }, at) => {
    const call = { client, actorId, startedAt: at * 2, endedAt: at * 2 + 1 };
    const stored = contents.get(actorId) ?? [];
    contents.set(actorId, stored);
    const latest = stored.at(-1)?.version ?? 0;
    const make = (version: number, index = 0): RecordedEvent => ({ id: `${at}.${index}`, version, content: `c${at}` });
    const save = (events: readonly RecordedEvent[], outcome: SaveOutcome, isStored: boolean): void => {
      if (isStored) stored.push(...events);
      operations.push({ kind: "save", ...call, events, outcome });
    };
    if (what === "save") save([make(latest + 1 + Math.floor(from * 2))], "ok", true);
    if (what === "batch") save([make(latest + 1), make(latest + 2, 1), make(latest + 3, 2)], "ok", true);
    if (what === "behind" && latest > 0) save([make(1 + Math.floor(from * latest))], "conflict", false);
    if (what === "lose the answer") save([make(latest + 1)], "unknown", true);
    if (what === "lose the save") save([make(latest + 1)], "unknown", false);
    if (what === "latest") operations.push({ kind: "latest-version", ...call, version: latest });
    const fromVersion = Math.floor(from * (latest + 1));
    const events = stored.filter(({ version }) => version >= fromVersion);
    if (what === "read") operations.push({ kind: "read", ...call, fromVersion, events });
  });
  return { operations, contents };
}

const history = fc.array(step, { minLength: 20, maxLength: 60 }).map(play);

/** What a broken store might do to a history; `undefined` where there is nothing to break. */
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
    return "lost";
  },
  "stores an event twice": ({ contents }, pick) => {
    const stored = someEvents(contents, pick);
    const event = stored?.[pick(stored.length)];
    if (stored === undefined || event === undefined) return undefined;
    stored.push({ ...event, version: (stored.at(-1)?.version ?? 0) + 1 });
    return "doubled";
  },
  "changes a byte": ({ contents }, pick) => {
    const stored = someEvents(contents, pick);
    const at = pick(stored?.length ?? 0);
    const event = stored?.[at];
    if (stored === undefined || event === undefined) return undefined;
    stored[at] = { ...event, content: `${event.content}!` };
    return "altered";
  },
  "swaps two events": ({ contents }, pick) => {
    const stored = someEvents(contents, pick);
    const at = pick((stored?.length ?? 1) - 1);
    const [one, two] = stored?.slice(at, at + 2) ?? [];
    if (stored === undefined || one === undefined || two === undefined) return undefined;
    stored.splice(at, 2, two, one);
    return "version-order";
  },
  "stores what it refused": ({ operations, contents }, pick) => {
    const refused = operations.filter((operation) => operation.kind === "save" && operation.outcome === "conflict");
    const save = refused[pick(refused.length)];
    if (save?.kind !== "save") return undefined;
    contents.get(save.actorId)?.push(...save.events);
    return "refused-stored";
  },
  "leaves an event out of a read": ({ operations }, pick) => {
    const reads = operations.filter((operation) => operation.kind === "read" && operation.events.length > 1);
    const read = reads[pick(reads.length)];
    if (read?.kind !== "read") return undefined;
    const events = read.events.toSpliced(pick(read.events.length - 1), 1);
    operations.splice(operations.indexOf(read), 1, { ...read, events });
    return "wrong-read";
  },
  "forgets what it showed": ({ operations }, pick) => {
    const reads = operations.filter((operation) => operation.kind === "read" && operation.events.length > 0);
    const read = reads[pick(reads.length)];
    if (read?.kind !== "read") return undefined;
    operations.push({ ...read, events: [], startedAt: 1_000, endedAt: 1_001 });
    return "receding-read";
  },
  "leaves the end out of a read": ({ operations }, pick) => {
    const saves = operations.filter((operation) => operation.kind === "save" && operation.outcome === "ok");
    const save = saves[pick(saves.length)];
    if (save?.kind !== "save") return undefined;
    const { actorId } = save;
    const [first] = save.events;
    const read = { kind: "read", client: "new", actorId, startedAt: 1_000, endedAt: 1_001, events: [] } as const;
    operations.push({ ...read, fromVersion: first?.version ?? 0 });
    return "stale-read";
  },
  "tells a version that is too low": ({ operations }, pick) => {
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

describe("random histories", () => {
  test("one of a correct store is accepted", () => {
    fc.assert(
      fc.property(history, (correct: History) => {
        expect(checkHistory(correct)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test.each(Object.keys(corruptions))("a store that %s is found out", (name) => {
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
