import type { StoreSupports } from "@aether/core";
import { check } from "../checks/check.ts";
import { ConformanceError } from "../checks/conformance-error.ts";
import { checkHistory } from "../history/check-history.ts";
import { contentOf } from "../history/recorded-event.ts";
import { event, range, versionsOf } from "../samples/events.ts";
import type { ActorContents, Workload } from "./messages.ts";
import type { StoreProcess } from "./store-processes.ts";

/** One guarantee of shared stores, with a check by several processes. */
export interface ProcessCase {
  readonly group: string;
  /** The guarantee, as one sentence. */
  readonly name: string;
  /** The manifest entries that must be true for the case to apply. */
  readonly needs: readonly (keyof StoreSupports)[];
  /** @param processes - at least three processes, each with an open store on the same storage */
  run(processes: readonly StoreProcess[], supports: StoreSupports): Promise<void>;
}

/** Duration of the work in one case, in milliseconds. */
const WORK_MS = 300;

const actorIds = ["a", "b", "c"];

/** Runs a workload in each process at the same time. Checks the history of all calls afterwards. */
async function checkWork(
  guarantee: string,
  processes: readonly StoreProcess[],
  workOf: (index: number) => Pick<Workload, "role"> & Partial<Workload>,
): Promise<void> {
  const works = processes.map((_, index) => ({ actorIds, batchSize: 1, durationMs: WORK_MS, ...workOf(index) }));
  await Promise.all(processes.map((each, index) => each.run({ kind: "work", work: works[index] as Workload })));
  const given = works.map(({ role, batchSize, actorIds: { length } }) => ({ role, batchSize, actors: length }));
  const contents = await commonContents(processes, given);
  const violations = checkHistory({
    operations: processes.flatMap(({ operations }) => operations),
    contents: new Map(contents.map(({ actorId, events }) => [actorId, events])),
  });
  if (violations.length > 0) {
    const [first, ...others] = violations.map(({ rule, reason }) => `${rule}: ${reason}`);
    const actual = others.length === 0 ? first : [first, ...others.slice(0, 4), `${violations.length} in total`];
    throw new ConformanceError({ guarantee, given, expected: "no violation", actual });
  }
  check("processes that save at the same time store some of their events", {
    given,
    expected: true,
    actual: contents.some(({ events }) => events.length > 0),
  });
}

/** Reads all actors in every process, and checks that all of them read the same. */
async function commonContents(processes: readonly StoreProcess[], given: unknown): Promise<readonly ActorContents[]> {
  const read = (each: StoreProcess) => each.run({ kind: "read", actorIds });
  const [first = [], ...others] = await Promise.all(processes.map(read));
  const brief = (contents: readonly ActorContents[]) =>
    contents.map(({ actorId, events, latestVersion }) => ({
      actorId,
      latestVersion,
      events: events.map(({ version, id }) => `${version} ${id}`),
    }));
  for (const other of others) {
    const guarantee = "when no process saves any more, all processes read the same events";
    check(guarantee, { given, expected: brief(first), actual: brief(other) });
  }
  return first;
}

export const processCases: readonly ProcessCase[] = [
  {
    group: "several processes",
    name: "an event that one process has saved is read by all others, and its version is taken",
    needs: [],
    async run(processes) {
      // Any caches know the actors before the first event is saved.
      await Promise.all(processes.map((each) => each.run({ kind: "read", actorIds })));
      for (const version of range(1, 12)) {
        const [writer, ...others] = [...processes, ...processes].slice(version % processes.length);
        const saved = event("a", version);
        const given = { saved: version, by: writer?.name };
        const code = await writer?.run({ kind: "save", events: [saved] });
        check("the next version is accepted", { given, expected: "saved", actual: code ?? "saved" });
        const readers = others.slice(0, processes.length - 1);
        const found = await Promise.all(readers.map((each) => each.run({ kind: "read", actorIds: ["a"] })));
        for (const [index, [contents]] of found.entries()) {
          check("a process reads at once what another process has saved", {
            given: { ...given, readBy: readers[index]?.name },
            expected: { versions: range(1, version), latestVersion: version, content: contentOf(saved) },
            actual: {
              versions: versionsOf(contents?.events ?? []),
              latestVersion: contents?.latestVersion,
              content: contents?.events.at(-1)?.content,
            },
          });
        }
        const rival = event("a", version, { id: `rival ${version}` });
        check("a version that another process has saved is rejected with a conflict", {
          given,
          expected: "AETHER_VERSION_CONFLICT",
          actual: await readers[0]?.run({ kind: "save", events: [rival] }),
        });
      }
    },
  },
  {
    group: "several processes",
    name: "of several processes that save the same version, at most one succeeds",
    needs: [],
    run: (processes) =>
      checkWork(
        "each version is saved by at most one process, and each acknowledged event is stored",
        processes,
        () => ({
          role: "rival",
          actorIds: ["a"],
        }),
      ),
  },
  {
    group: "several processes",
    name: "reads beside busy writers in other processes are complete and not stale",
    needs: [],
    run: (processes) =>
      checkWork("reads contain every event that any process had saved before", processes, (index) => ({
        role: index % 2 === 0 ? "writer" : "reader",
      })),
  },
  {
    group: "several processes",
    name: "batches of several processes are stored and read completely or not at all",
    needs: ["batch"],
    run: (processes) =>
      checkWork("a batch is stored and read completely or not at all", processes, (index) => ({
        role: (["writer", "rival", "reader"] as const)[index % 3] ?? "reader",
        batchSize: 3,
      })),
  },
  {
    group: "several processes",
    name: "a process that is killed while it saves loses no acknowledged event, and blocks no other process",
    needs: [],
    async run([victim, ...survivors], { batch }) {
      if (victim === undefined) return;
      const batchSize = batch === true ? 3 : 1;
      const acknowledged = await killWhileSaving(victim, batchSize);
      const read = (each: StoreProcess) => each.run({ kind: "read", actorIds: victims });
      for (const contents of await Promise.all(survivors.map(read))) {
        for (const { actorId, events } of contents) {
          const given = { killed: victim.name, actorId, acknowledged: acknowledged.get(actorId) ?? 0, batchSize };
          const last = events.at(-1)?.version ?? 0;
          check("events that were acknowledged before their process was killed are stored", {
            given,
            expected: range(1, Math.max(given.acknowledged, last)),
            actual: versionsOf(events),
          });
          check("a save of a process that was killed is stored completely or not at all", {
            given,
            expected: 0,
            actual: last % batchSize,
          });
        }
      }
      for (const survivor of survivors) {
        check("other processes can save after a process was killed", {
          given: { killed: victim.name, savedBy: survivor.name },
          expected: "saved",
          actual: await savedSoon(survivor, `saved by ${survivor.name}`),
        });
      }
    },
  },
];

/** The actors of a process that is killed. */
const victims = ["v", "w", "x", "y"];

/** Number of saves after which a process is killed. */
const SAVES_BEFORE_KILL = 10;

/** Lets a process save, and kills it while it continues. Returns the last acknowledged version of each actor. */
async function killWhileSaving(victim: StoreProcess, batchSize: number): Promise<ReadonlyMap<string, number>> {
  const acknowledged = new Map<string, number>();
  let saves = 0;
  const enough = new Promise<void>((resolve) => {
    victim.onSaved = (actorId, version) => {
      acknowledged.set(actorId, version);
      if (++saves === SAVES_BEFORE_KILL) resolve();
    };
  });
  const work: Workload = {
    actorIds: victims,
    role: "writer",
    batchSize,
    isConcurrent: true,
    durationMs: 60_000,
    reportsSaves: true,
  };
  await Promise.race([enough, victim.run({ kind: "work", work })]);
  victim.kill();
  await victim.ended;
  return acknowledged;
}

/** Saves an event, repeatedly while the storage is unavailable. Returns `"saved"`, or the code of the error. */
async function savedSoon(survivor: StoreProcess, actorId: string): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const code = await survivor.run({ kind: "save", events: [event(actorId, 1)] });
    const isTemporary = code === "AETHER_STORE_UNAVAILABLE" || code === "AETHER_OUTCOME_UNKNOWN";
    if (isTemporary && attempt < 50) await new Promise((resolve) => setTimeout(resolve, 50));
    else return code === undefined || (code === "AETHER_VERSION_CONFLICT" && attempt > 1) ? "saved" : code;
  }
}
