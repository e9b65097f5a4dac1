import { type RecordedOperation, RecordingStore } from "@aether/conformance";
import { type Event, isAetherError } from "@aether/core";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { checkRun } from "../cluster/check-run.ts";
import { finishing } from "../minimums.ts";
import { Random } from "../random.ts";
import type { Suite, SuiteContext, SuiteResult } from "../suite.ts";
import { connectAs } from "../workload/connect.ts";
import { type ClientName, clientNames } from "../workload/plan.ts";
import { disks, type SmallDisk } from "./disks.ts";

const STREAM = "faults";
const WRITERS = 16;
/** Number of events that are saved at most, which is far more than the storage can hold. */
const MAX_EVENTS = 5_000;
const RECOVERY_TIMEOUT_MS = 30_000;
/** Codes with which a save to a full store may fail. */
const allowedCodes = [
  "AETHER_STORE_FULL",
  "AETHER_STORE_UNAVAILABLE",
  "AETHER_OUTCOME_UNKNOWN",
  "AETHER_VERSION_CONFLICT",
];

/** Streams that become full while writers continue, and then have space again. */
export const diskSuite: Suite = {
  name: "disk-full",
  share: 1,
  minimums: { faults: 6, "events acknowledged": 1_000 },
  run,
};

async function run(context: SuiteContext): Promise<SuiteResult> {
  const { seed, log } = context;
  const random = new Random(seed);
  const isFinished = finishing(context);
  const violations: string[] = [];
  const faults: Record<string, number> = {};
  const rejected: Record<string, number> = {};
  let acknowledged = 0;
  for (let round = 0; round === 0 || !isFinished({ faults, "events acknowledged": acknowledged }); round++) {
    for (const { name, expectedCodes, open } of disks) {
      await using disk = await open();
      if (disk === undefined) {
        log(`${name}: skipped, this user is not allowed to mount a file system`);
        continue;
      }
      const client = clientNames[round % clientNames.length] as ClientName;
      const result = await fillAndRecover(disk, expectedCodes, client, random);
      violations.push(...result.violations.map((violation) => `${name}: ${violation}`));
      faults[`full: ${name}`] = (faults[`full: ${name}`] ?? 0) + 1;
      rejected[name] = (rejected[name] ?? 0) + result.rejected;
      acknowledged += result.acknowledged;
    }
  }
  const figures = { "events acknowledged": acknowledged, "saves rejected as full": rejected, faults };
  return { name: "disk-full", violations, figures };
}

interface RoundResult {
  readonly violations: readonly string[];
  readonly acknowledged: number;
  /** Number of saves that failed with `AETHER_STORE_FULL`. */
  readonly rejected: number;
}

async function fillAndRecover(
  disk: SmallDisk,
  expectedCodes: readonly string[],
  client: ClientName,
  random: Random,
): Promise<RoundResult> {
  const { server, admin } = disk;
  const connection = await connectAs(client, [server.url]);
  const store = await JetStreamEventStore.open(connection, {
    streamName: STREAM,
    streamRetention: "forever",
    ackTimeoutMs: 3_000,
  });
  const operations: RecordedOperation[] = [];
  const recording = new RecordingStore(store, { client, record: (operation) => operations.push(operation) });
  const violations: string[] = [];
  const codes = new Map<string, number>();
  let acknowledged = 0;
  const latest = new Map<string, number>();
  let events = 0;
  const saveOne = async (actorId: string): Promise<boolean> => {
    const version = (latest.get(actorId) ?? 0) + 1;
    try {
      await recording.saveEvent(largeEvent(actorId, version, `${client}-${++events}`));
      latest.set(actorId, version);
      acknowledged++;
      return true;
    } catch (error) {
      if (!isAetherError(error)) throw error;
      codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
      if (error.code === "AETHER_VERSION_CONFLICT") latest.set(actorId, await store.getLatestVersion(actorId));
      return false;
    }
  };
  const actors = Array.from({ length: WRITERS }, (_, index) => `actor-${index}`);
  try {
    await saveOne("before");
    await disk.limitSpace(STREAM);
    const saveUntilFull = async (actorId: string): Promise<void> => {
      for (let failures = 0; failures < 3 && events < MAX_EVENTS; ) failures += (await saveOne(actorId)) ? 0 : 1;
    };
    await Promise.all(actors.map(saveUntilFull));
    if (!expectedCodes.some((code) => codes.has(code))) {
      const received = [...codes.keys()].join(", ") || "no error";
      violations.push(`no save failed with ${expectedCodes.join(" or ")}: ${received} after ${acknowledged} events`);
    }
    await disk.freeSpace(STREAM);
    const giveUpAt = performance.now() + RECOVERY_TIMEOUT_MS;
    for (const actorId of actors) {
      while (!(await saveOne(actorId))) {
        if (performance.now() < giveUpAt) continue;
        violations.push(`${actorId} cannot be saved although there is space again: ${[...codes.keys()]}`);
        break;
      }
    }
    const unexpected = [...codes.keys()].filter((code) => !allowedCodes.includes(code));
    if (unexpected.length > 0) violations.push(`saves to a full store failed with ${unexpected}`);
    const checked = await checkRun({ admin, streamName: STREAM, servers: 1, operations, feeds: [], random });
    violations.push(...checked.violations);
  } finally {
    await store.close();
    await connection.close();
  }
  return { violations, acknowledged, rejected: codes.get("AETHER_STORE_FULL") ?? 0 };
}

function largeEvent(actorId: string, version: number, id: string): Event {
  const data = { text: "x".repeat(4_000) };
  return { id, actorId, version, eventType: "Written", data, timestamp: "2026-01-01T00:00:00Z" };
}
