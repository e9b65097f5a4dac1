import { type RecordedOperation, RecordingStore } from "@aether/conformance";
import { type Event, isAetherError } from "@aether/core";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { judge } from "../cluster/verdict.ts";
import { finishing } from "../minima.ts";
import { Random } from "../random.ts";
import type { Suite, SuiteContext, SuiteResult } from "../suite.ts";
import { connectAs } from "../workload/connect.ts";
import { type ClientName, clientNames } from "../workload/plan.ts";
import { disks, type SmallDisk } from "./disks.ts";

const STREAM = "faults";
const LANES = 16;
/** Far more than there is room for. */
const MAX_EVENTS = 5_000;
const RECOVERY_TIMEOUT_MS = 30_000;

/** Streams that become full while writers go on, and have room again. */
export const diskSuite: Suite = {
  name: "disk-full",
  share: 1,
  minima: { faults: 6, "events acknowledged": 1_000 },
  run,
};

async function run(context: SuiteContext): Promise<SuiteResult> {
  const { seed, log } = context;
  const random = new Random(seed);
  const isOver = finishing(context);
  const violations: string[] = [];
  const faults: Record<string, number> = {};
  const refused: Record<string, number> = {};
  let acknowledged = 0;
  for (let round = 0; round === 0 || !isOver({ faults, "events acknowledged": acknowledged }); round++) {
    for (const { name, tells, open } of disks) {
      await using disk = await open();
      if (disk === undefined) {
        log(`${name}: this user may not mount a small file system`);
        continue;
      }
      const client = clientNames[round % clientNames.length] as ClientName;
      const found = await fillAndRecover(disk, tells, client, random);
      violations.push(...found.violations.map((violation) => `${name}: ${violation}`));
      faults[`full: ${name}`] = (faults[`full: ${name}`] ?? 0) + 1;
      refused[name] = (refused[name] ?? 0) + found.refused;
      acknowledged += found.acknowledged;
    }
  }
  const figures = { "events acknowledged": acknowledged, "saves refused as full": refused, faults };
  return { name: "disk-full", violations, figures };
}

interface Round {
  readonly violations: readonly string[];
  readonly acknowledged: number;
  readonly refused: number;
}

async function fillAndRecover(
  disk: SmallDisk,
  tells: readonly string[],
  client: ClientName,
  random: Random,
): Promise<Round> {
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
  const actors = Array.from({ length: LANES }, (_, lane) => `actor-${lane}`);
  try {
    await saveOne("before");
    await disk.takeRoom(STREAM);
    const lane = async (actorId: string): Promise<void> => {
      for (let failures = 0; failures < 3 && events < MAX_EVENTS; ) failures += (await saveOne(actorId)) ? 0 : 1;
    };
    await Promise.all(actors.map(lane));
    if (!tells.some((code) => codes.has(code))) {
      violations.push(`nothing tells that there is no room, but ${[...codes.keys()]} after ${acknowledged} events`);
    }
    await disk.makeRoom(STREAM);
    const giveUpAt = performance.now() + RECOVERY_TIMEOUT_MS;
    for (const actorId of actors) {
      while (!(await saveOne(actorId))) {
        if (performance.now() < giveUpAt) continue;
        violations.push(`with room again, ${actorId} cannot be saved: ${[...codes.keys()]}`);
        break;
      }
    }
    const known = [
      "AETHER_STORE_FULL",
      "AETHER_STORE_UNAVAILABLE",
      "AETHER_OUTCOME_UNKNOWN",
      "AETHER_VERSION_CONFLICT",
    ];
    const strange = [...codes.keys()].filter((code) => !known.includes(code));
    if (strange.length > 0) violations.push(`a full store answered ${strange}`);
    const verdict = await judge({ admin, streamName: STREAM, servers: 1, operations, random });
    violations.push(...verdict.violations);
  } finally {
    await store.close();
    await connection.close();
  }
  return { violations, acknowledged, refused: codes.get("AETHER_STORE_FULL") ?? 0 };
}

function largeEvent(actorId: string, version: number, id: string): Event {
  const data = { text: "x".repeat(4_000) };
  return { id, actorId, version, eventType: "Written", data, timestamp: "2026-01-01T00:00:00Z" };
}
