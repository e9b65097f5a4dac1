import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  checkHistory,
  type History,
  type HistoryRule,
  type RecordedEvent,
  type RecordedOperation,
  type RecordedSave,
} from "../../src/index.ts";
import { type ModelHistory, modelHistory } from "./model-history.ts";

type Pick = (count: number) => number;

/** Returns one of the saves to which the condition applies. */
function someSave(
  { operations }: ModelHistory,
  pick: Pick,
  applies: (save: RecordedSave) => boolean,
): { readonly save: RecordedSave; readonly replace: (more: Partial<RecordedSave>) => void } | undefined {
  const saves = operations.filter((operation) => operation.kind === "save" && applies(operation)) as RecordedSave[];
  const save = saves[pick(saves.length)];
  if (save === undefined) return undefined;
  const index = operations.indexOf(save);
  return { save, replace: (more) => operations.splice(index, 1, { ...save, ...more }) };
}

/** Changes that a broken store could cause. Each returns the broken rule, or `undefined` if it cannot be applied. */
const corruptions: Readonly<Record<string, (broken: ModelHistory, pick: Pick) => HistoryRule | undefined>> = {
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
  "acknowledges an event twice": (broken, pick) => {
    const acknowledged = new Set(
      broken.operations.flatMap((each) => (each.kind === "save" && each.outcome === "ok" ? each.events : [])),
    );
    const repeated = someSave(broken, pick, ({ outcome, events }) => {
      return outcome === "same-event" && events.every((event) => acknowledged.has(event));
    });
    repeated?.replace({ outcome: "ok", currentVersion: undefined });
    return repeated && "double-acknowledgement";
  },
  "reports an event as already stored that no other call sent": (broken, pick) => {
    const only = someSave(broken, pick, ({ outcome }) => outcome === "ok");
    only?.replace({ outcome: "same-event", receipts: undefined });
    return only && "false-conflict";
  },
  "gives two events the same position": (broken, pick) => {
    const [one, two] = [0, 1].map(() => someSave(broken, pick, ({ receipts }) => receipts !== undefined));
    const position = one?.save.receipts?.[0]?.position;
    if (position === undefined || two === undefined || one?.save === two.save) return undefined;
    two.replace({ receipts: two.save.receipts?.map((receipt) => ({ ...receipt, position })) });
    return "wrong-receipt";
  },
  "returns the receipt of another version": (broken, pick) => {
    const acknowledged = someSave(broken, pick, ({ receipts }) => receipts !== undefined);
    const { receipts = [] } = acknowledged?.save ?? {};
    acknowledged?.replace({ receipts: receipts.map((receipt) => ({ ...receipt, version: receipt.version + 1 })) });
    return acknowledged && "wrong-receipt";
  },
  "reports a currentVersion below the version that is taken": (broken, pick) => {
    const conflict = someSave(broken, pick, ({ currentVersion }) => currentVersion !== undefined);
    conflict?.replace({ currentVersion: (conflict.save.events[0]?.version ?? 1) - 1 });
    return conflict && "false-conflict";
  },
  "reports a currentVersion that was never stored": (broken, pick) => {
    const conflict = someSave(broken, pick, ({ currentVersion }) => currentVersion !== undefined);
    conflict?.replace({ currentVersion: 1_000 });
    return conflict && "false-conflict";
  },
  "does not show a client what another client was shown": ({ operations, contents }, pick) => {
    const actorId = pick(2) === 0 ? "a" : "b";
    const events = contents.get(actorId) ?? [];
    const last = events.at(-1);
    if (last === undefined) return undefined;
    const call = { kind: "read", actorId, fromVersion: last.version } as const;
    operations.push({ ...call, client: "r2", startedAt: 1_000, endedAt: 1_001, events: [last] });
    operations.push({ ...call, client: "r3", startedAt: 1_002, endedAt: 1_003, events: [] });
    return "stale-read";
  },
  "ends a read of a range inside a batch": ({ operations }, pick) => {
    const batches = operations.filter(
      (each) => each.kind === "save" && each.outcome === "ok" && each.events.length === 3,
    ) as RecordedSave[];
    const batch = batches[pick(batches.length)];
    const [first, second] = batch?.events ?? [];
    if (batch === undefined || first === undefined || second === undefined) return undefined;
    const { actorId } = batch;
    const range = { fromVersion: first.version, toVersion: second.version };
    const call = { kind: "read", client: "r2", actorId, startedAt: batch.startedAt, endedAt: 1_000 } as const;
    operations.push({ ...call, ...range, events: [first] });
    return "non-atomic-batch";
  },
  "is recorded without an end": ({ operations }, pick) => {
    const index = pick(operations.length);
    const { endedAt: _, ...unended } = operations[index] as RecordedOperation;
    operations.splice(index, 1, unended as RecordedOperation);
    return "malformed-history";
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

function someEvents(contents: ModelHistory["contents"], pick: Pick): RecordedEvent[] | undefined {
  const filled = [...contents.values()].filter((events) => events.length > 0);
  return filled[pick(filled.length)];
}

describe("checkHistory, on random histories,", () => {
  test("accepts the histories of a correct store", () => {
    fc.assert(
      fc.property(modelHistory, (correct: History) => {
        expect(checkHistory(correct)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test.each(Object.keys(corruptions))("finds a store that %s", (name) => {
    const picks = fc.infiniteStream(fc.nat());
    let broken = 0;
    const property = fc.property(modelHistory, picks, (correct, stream) => {
      const rule = corruptions[name]?.(correct, (count) => (count > 0 ? (stream.next().value ?? 0) % count : 0));
      if (rule === undefined) return;
      broken++;
      expect(checkHistory(correct).map((violation) => violation.rule)).toContain(rule);
    });
    fc.assert(property, { numRuns: 200 });
    expect(broken).toBeGreaterThan(20);
  });
});
