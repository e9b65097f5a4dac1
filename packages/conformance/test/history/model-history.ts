import fc from "fast-check";
import type { RecordedEvent, RecordedOperation, RecordedSave, SaveOutcome } from "../../src/index.ts";

/** A history that tests can damage. */
export interface ModelHistory {
  readonly operations: RecordedOperation[];
  readonly contents: Map<string, RecordedEvent[]>;
}

const actions = [
  ...["save", "save", "batch", "batch", "conflict", "conflict without version", "fail", "repeat", "repeat"],
  ...["lose the answer", "lose the save", "write late", "read", "read", "read a range", "latest"],
] as const;

/**
 * The next action of one client. `from`, a number from 0 to 1, determines the versions that the action uses. The call
 * starts `before` and ends `after` the moment at which the store carries it out, so calls overlap.
 */
interface Step {
  readonly client: string;
  readonly actorId: string;
  readonly action: (typeof actions)[number];
  readonly from: number;
  readonly before: number;
  readonly after: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  client: fc.constantFrom("w1", "w2", "r1"),
  actorId: fc.constantFrom("a", "b"),
  action: fc.constantFrom(...actions),
  from: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  before: fc.nat(9),
  after: fc.nat(9),
});

/** A correct store that carries out one action after the other, and records the calls. */
class ModelStore implements ModelHistory {
  readonly operations: RecordedOperation[] = [];
  readonly contents = new Map<string, RecordedEvent[]>([
    ["a", []],
    ["b", []],
  ]);
  /** The commits that are stored. Calls may repeat them. */
  readonly #commits: Readonly<Record<string, (readonly RecordedEvent[])[]>> = { a: [], b: [] };
  #position = 0;

  carryOut({ client, actorId, action, from, before, after }: Step, index: number): void {
    const at = index * 2;
    const call = { client, actorId, startedAt: at - before, endedAt: at + after };
    const stored = this.contents.get(actorId) ?? [];
    const latest = stored.at(-1)?.version ?? 0;
    const make = (version: number, item = 0): RecordedEvent => ({
      id: `${index}.${item}`,
      version,
      content: `c${index}`,
    });
    const save = (events: readonly RecordedEvent[], outcome: SaveOutcome, more: Partial<RecordedSave> = {}): void =>
      void this.operations.push({ kind: "save", ...call, events, outcome, ...more });
    const store = (events: readonly RecordedEvent[]): RecordedSave["receipts"] => this.#store(actorId, events);
    const read = (fromVersion: number, toVersion: number): void => {
      const events = stored.filter(({ version }) => version >= fromVersion && version <= toVersion);
      this.operations.push({ kind: "read", ...call, fromVersion, toVersion, events });
    };

    const [next, afterNext, last] = [make(latest + 1), make(latest + 2, 1), make(latest + 3, 2)];
    const taken = [make(1 + Math.floor(from * latest))];
    const isOne = from < 0.5;
    if (action === "save") {
      const events = [make(latest + 1 + Math.floor(from * 2))];
      save(events, "ok", { receipts: store(events) });
    } else if (action === "batch") {
      const events = [next, afterNext, last];
      save(events, "ok", { receipts: store(events) });
    } else if (action === "conflict" && latest > 0) save(taken, "conflict", { currentVersion: latest });
    else if (action === "conflict without version" && latest > 0) save(taken, "conflict");
    else if (action === "fail") save(isOne ? [next] : [next, afterNext], "failed");
    else if (action === "lose the save") save(isOne ? [next] : [next, afterNext], "unknown");
    else if (action === "lose the answer" || action === "write late") {
      const events = isOne ? [next] : [next, afterNext];
      store(events);
      const early = { startedAt: at - before - 9, endedAt: at - before };
      save(events, "unknown", action === "write late" ? early : {});
    } else if (action === "repeat") {
      const commits = this.#commits[actorId] ?? [];
      const events = commits[Math.floor(from * commits.length)];
      if (events !== undefined) save(events, "same-event", { currentVersion: latest });
    } else if (action === "latest") this.operations.push({ kind: "latest-version", ...call, version: latest });
    else if (action === "read") read(Math.floor(from * (latest + 1)), Number.MAX_SAFE_INTEGER);
    else if (action === "read a range") read(Math.floor(from * (latest + 1)), Math.floor(from * (latest + 1)) + 2);
  }

  #store(actorId: string, events: readonly RecordedEvent[]): RecordedSave["receipts"] {
    this.contents.get(actorId)?.push(...events);
    this.#commits[actorId]?.push(events);
    return events.map(({ id, version }) => ({ id, version, position: String(++this.#position).padStart(9, "0") }));
  }
}

/** Histories of a correct store. */
export const modelHistory: fc.Arbitrary<ModelHistory> = fc
  .array(step, { minLength: 20, maxLength: 60 })
  .map((steps) => {
    const store = new ModelStore();
    for (const [index, each] of steps.entries()) store.carryOut(each, index);
    return store;
  });
