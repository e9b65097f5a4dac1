import type { Event, Position, StoredEvent } from "@aether/core";
import { partitionOf } from "@aether/store-kit";
import { MemoryDocumentStore, MemoryEventStore } from "@aether/store-memory";
import { EventProcessor, parkedActors, retryParked } from "../../src/index.ts";
import type { PartitionRecord } from "../../src/state/partition-record.ts";
import { event } from "../support.ts";
import { SimulatedProcess } from "./simulated-process.ts";
import { randomFrom, VirtualTime } from "./virtual-time.ts";

export interface SimulationOptions {
  readonly seed: number;
  readonly partitions: 1 | 16;
  readonly processes: number;
  readonly parks: boolean;
}

const LEASE_MS = 1_000;
const CHAOS_MS = 15_000;
/** Time when the handler can handle all events. */
const HEALED_MS = 8_000;
/** Time when the last event is saved. */
const SAVED_MS = 20_000;
const COLLECTION = "aether.processor.test";

/** Returns true if a record says that the event at a position is handled or parked. */
function covers({ checkpoint, ahead = null }: PartitionRecord, position: Position): boolean {
  if (checkpoint !== null && position <= checkpoint) return true;
  return ahead !== null && position <= ahead.upTo && !ahead.open.includes(position);
}

/** A handler call. */
interface Call {
  readonly actorId: string;
  readonly version: number;
  readonly position: Position;
  readonly token: string;
}

/**
 * Runs processors in several simulated processes that are slow, paused and killed, until all events are handled.
 * Returns the broken rules, with the number of takeovers and of repeated events.
 */
export async function simulate(options: SimulationOptions): Promise<{
  readonly violations: readonly string[];
  readonly takeovers: number;
  readonly repeats: number;
  readonly parkings: number;
}> {
  const { seed, partitions, parks } = options;
  const random = randomFrom(seed);
  const time = new VirtualTime();
  const store = new MemoryEventStore();
  const documents = new MemoryDocumentStore();
  const violations: string[] = [];
  const violation = (text: string): void => {
    if (violations.length < 10) violations.push(`${Math.round(time.nowMs)} ms: ${text}`);
  };
  const partitionFor = (actorId: string): number => (partitions === 16 ? partitionOf(actorId) : 0);

  const stored: StoredEvent[] = [];
  const save = async (actorId: string, version: number): Promise<void> => {
    const { position } = await store.saveEvent(event(actorId, version));
    stored.push({ event: event(actorId, version) as Event, position });
  };
  const actors = Array.from({ length: 6 }, (_, index) => `actor-${index}`);
  const versions = new Map<string, number>();
  const saveNext = (): Promise<void> => {
    const actorId = actors[Math.floor(random() * actors.length)] ?? "";
    const version = (versions.get(actorId) ?? 0) + 1;
    versions.set(actorId, version);
    return save(actorId, version);
  };
  for (let count = 0; count < 10; count++) await saveNext();

  /** Completed versions of each actor, and the owner that a process believes to be. */
  const done = new Map<string, Set<number>>();
  const starts = new Map<string, Call>();
  const broken = new Set(parks ? ["actor-0/2", "actor-3/1"] : []);
  let repeats = 0;

  const current = async (partition: number): Promise<PartitionRecord | undefined> =>
    (await documents.getDocument<PartitionRecord>(COLLECTION, `partition/${partition}`))?.value as PartitionRecord;
  const records = new Map<number, PartitionRecord>();
  const watchRecords = async (): Promise<void> => {
    for await (const change of documents.watchDocuments<PartitionRecord>(COLLECTION, { idPrefix: "partition/" })) {
      if (change.type !== "put") continue;
      const partition = Number(change.document.id.slice("partition/".length));
      const record = change.document.value as PartitionRecord;
      const before = records.get(partition);
      records.set(partition, record);
      if ((before?.checkpoint ?? "") > (record.checkpoint ?? "")) violation(`checkpoint of ${partition} went back`);
      const parked = parks ? await parkedActors(documents, "test") : [];
      for (const {
        event: { actorId, version },
        position,
      } of stored) {
        if (partitionFor(actorId) !== partition || !covers(record, position)) continue;
        const isParked = parked.some((each) => each.actorId === actorId && each.position <= position);
        if (!done.get(actorId)?.has(version) && !isParked)
          violation(`the record of ${partition} is ahead of ${actorId}/${version}`);
      }
    }
  };
  watchRecords().catch(() => {}); // It ends when the documents are closed.

  const processes: { readonly process: SimulatedProcess; readonly processor: EventProcessor }[] = [];
  const startProcess = (): void => {
    const process = new SimulatedProcess(time, random, LEASE_MS / 4);
    /** Tokens of this process, by partition. */
    const own = new Map<number, string>();
    const network = process.documents(documents);
    const processor = new EventProcessor(process.store(store), {
      name: "test",
      documents: {
        ...network,
        putDocument: (collection, id, value, putOptions) => {
          if (id.startsWith("partition/"))
            own.set(Number(id.slice("partition/".length)), (value as PartitionRecord).token);
          return network.putDocument(collection, id, value, putOptions);
        },
      },
      partitions,
      leaseMs: LEASE_MS,
      checkpointMs: 50,
      stopTimeoutMs: 500,
      onFailure: parks ? "park" : "stop",
      retry: { onFailure: ({ attempt }) => (attempt < 2 ? { retryAfterMs: 20 } : { giveUp: true }) },
      maxCrashes: 1_000,
      clock: process.clock,
      random,
      handle: async ({ actorId, version, id }, { position, signal }) => {
        const partition = partitionFor(actorId);
        const token = own.get(partition) ?? "";
        const record = await current(partition);
        if (record?.token !== token) violation(`${id} was started by a former owner of ${partition}`);
        if (record !== undefined && covers(record, position) && !parks)
          violation(`${id} was started again, although it was stored as handled`);
        const completed = done.get(actorId) ?? new Set();
        done.set(actorId, completed);
        for (let before = 1; before < version; before++)
          if (!completed.has(before)) violation(`${id} was started before ${actorId}/${before} was handled`);
        const key = `${token}/${actorId}`;
        const last = starts.get(key);
        if (last !== undefined && last.version > version) violation(`${id} was started after version ${last.version}`);
        starts.set(key, { actorId, version, position, token });
        await process.clock.sleep(random() * 60, signal);
        if (broken.has(id) && time.nowMs < HEALED_MS) throw new Error("broken");
        if (completed.has(version)) repeats++;
        completed.add(version);
      },
    });
    processes.push({ process, processor });
    const start = (): void =>
      void processor.start().catch(() => {
        if (!process.isCrashed) time.at(time.nowMs + 100, start);
      });
    start();
  };

  for (let count = 0; count < options.processes; count++) startProcess();
  const pickAlive = (): (typeof processes)[number] | undefined => {
    const alive = processes.filter(({ process }) => !process.isCrashed);
    return alive[Math.floor(random() * alive.length)];
  };
  const alive = (): number => processes.filter(({ process }) => !process.isCrashed).length;
  const fault = (): void => {
    const victim = pickAlive();
    const kind = random();
    if (victim === undefined || kind < 0.3) startProcessIfFew();
    else if (kind < 0.55) {
      victim.process.pause();
      time.at(time.nowMs + random() * LEASE_MS * 2.5, () => victim.process.resume());
    } else if (kind < 0.75) victim.process.crash();
    else if (kind < 0.9 && alive() > 1) {
      void victim.processor.stop().then(() => victim.process.crash());
    }
  };
  const startProcessIfFew = (): void => {
    if (alive() < options.processes + 1) startProcess();
  };
  const retryAll = (): void => {
    for (const actorId of actors) void retryParked(documents, "test", actorId);
    time.at(time.nowMs + random() * 2_000, retryAll);
  };
  if (parks) retryAll();
  for (let at = 200; at < CHAOS_MS; at += 100 + random() * 700) time.at(at, fault);
  for (let at = 50; at < SAVED_MS; at += random() * 200) time.at(at, () => void saveNext());
  await time.runUntil(() => time.nowMs >= CHAOS_MS, CHAOS_MS);

  // The network works again, and everything must be handled.
  startProcess();
  for (const { process } of processes) process.becomeReliable();
  const isComplete = (): boolean =>
    time.nowMs > SAVED_MS && actors.every((actorId) => (done.get(actorId)?.size ?? 0) === (versions.get(actorId) ?? 0));
  await time
    .runUntil(isComplete, CHAOS_MS + 120_000)
    .catch((error: unknown) => violation(`events were lost: ${String(error)} ${missing()}`));

  function missing(): string {
    return actors
      .map((actorId) => `${actorId}: ${done.get(actorId)?.size ?? 0} of ${versions.get(actorId) ?? 0}`)
      .join(", ");
  }
  const sum = (count: (each: EventProcessor) => number): number =>
    processes.reduce((total, { processor }) => total + count(processor), 0);
  for (const { process } of processes) process.crash();
  await documents.close();
  return {
    violations,
    repeats,
    takeovers: sum(({ status }) => status.takeovers),
    parkings: sum(({ status }) => status.parkings),
  };
}
