import type { EventsOf, Revision, StoredEvent } from "@aether/core";
import { isAetherError } from "@aether/core";
import { PARTITION_COUNT, partitionOf } from "@aether/store-kit";
import { MemoryDocumentStore, MemoryEventStore } from "@aether/store-memory";
import { PageWriter } from "../../src/documents/page-writer.ts";
import { collectionOf, type DocumentRecord } from "../../src/documents/stored-projection.ts";
import { Tombstones } from "../../src/documents/tombstones.ts";
import { ActorHistories } from "../../src/folding/actor-histories.ts";
import type { Projection } from "../../src/index.ts";
import { type LeftOut, lossy, Network } from "./lossy-documents.ts";

export type ModelEvent = EventsOf<{
  Placed: { customer: string; n: number };
  Paid: { n: number };
  Deleted: { n: number };
}>;
export interface ModelDocument {
  n: number;
  customer?: string;
}

export interface Schedule {
  readonly events: readonly {
    readonly actor: number;
    readonly type: ModelEvent["eventType"];
    readonly customer: number;
  }[];
  readonly seed: number;
  readonly partitions: 1 | 16;
  readonly isAtomic: boolean;
  readonly fault: number;
  /** Number of owners that begin in each partition. A process that lost its lease may still write. */
  readonly owners: number;
}

/**
 * Keeps a projection current with several owners per partition that crash, lose messages and repeat pages of any size.
 * Returns the documents at the end.
 */
export async function runModel(
  projection: Projection<ModelEvent, ModelDocument>,
  schedule: Schedule,
  leftOut?: LeftOut,
): Promise<Record<string, unknown>> {
  const { seed, partitions, isAtomic, owners } = schedule;
  const random = randomFrom(seed);
  const store = new MemoryEventStore<ModelEvent>();
  const versions = new Map<number, number>();
  for (const [index, { actor, type, customer }] of schedule.events.entries()) {
    const version = (versions.get(actor) ?? 0) + 1;
    versions.set(actor, version);
    const data = { customer: `customer-${customer}`, n: index + 1 };
    await store.saveEvent({ actorId: `actor-${actor}`, version, eventType: type, data } as never);
  }
  const events: StoredEvent<ModelEvent>[] = [];
  for await (const page of store.readFeed({ eventTypes: projection.eventTypes })) events.push(...page.events);

  const documents = new MemoryDocumentStore();
  const network = new Network(random);
  const byActor = projection.documentId === undefined || leftOut === "partition by document";
  const eventsOf = (partition: number): readonly StoredEvent<ModelEvent>[] =>
    partitions === 1 || !byActor ? events : events.filter(({ event }) => partitionOf(event.actorId) === partition);

  interface Process {
    readonly process: MemoryDocumentStore;
    readonly writer: PageWriter<ModelEvent, ModelDocument>;
  }
  const start = (partition: number, fault: number): Process => {
    const onCrash = (): void => void own(partition, fault / 2);
    const process = lossy(documents, { random, network, fault, isAtomic, leftOut, onCrash });
    const writer = new PageWriter<ModelEvent, ModelDocument>({
      projection,
      documents: process,
      partitions: leftOut === "partition by document" ? 1 : partitions,
      histories: new ActorHistories(store),
      tombstones: new Tombstones(process, collectionOf(projection), () => 0),
      now: () => 0,
    });
    return { process, writer };
  };

  let ownerCount = 0;
  /** Handles a partition until all its events are handled, or another owner has moved the checkpoint. */
  const own = async (partition: number, fault: number, again?: Process): Promise<void> => {
    const { process, writer } = again ?? start(partition, fault);
    const { signal } = new AbortController();
    const checkpointId = `checkpoint/${partition}`;
    let owner = ++ownerCount;
    for (;;) {
      const read = () => process.getDocument<{ position: string; owner: number }>("checkpoints", checkpointId);
      const checkpoint = await repeated(read);
      // After another owner, the pages are not those that follow the owner's own ones. So this is another ownership.
      if (checkpoint !== undefined && checkpoint.value.owner !== owner) owner = ++ownerCount;
      let expectedRevision: Revision | "absent" = checkpoint?.revision ?? "absent";
      const after = checkpoint?.value.position ?? "";
      const left = eventsOf(partition).filter(({ position }) => position > after);
      const page = left.slice(0, 1 + Math.floor(random() * 5));
      const last = page.at(-1);
      if (last === undefined) return;
      const context = { partition, leaseToken: String(owner), signal };
      const moved = await repeated(async () => {
        const { writes } = await writer.handle(page, context);
        const value = { position: last.position, owner };
        try {
          const put = { type: "put", collection: "checkpoints", id: checkpointId, value, expectedRevision } as const;
          if (writes.length > 0) await process.writeDocuments([put, ...writes]);
          else await process.putDocument("checkpoints", checkpointId, value, { expectedRevision });
          return true;
        } catch (error) {
          if (!isAetherError(error, "AETHER_REVISION_CONFLICT") || error.collection !== "checkpoints") throw error;
          const current = await read();
          if (current?.value.owner !== owner) return false;
          // An earlier attempt of this owner was stored after all. As with a lease, the next one continues from there.
          expectedRevision = current.revision;
          throw error;
        }
      });
      // The same process, or another one, takes over.
      if (!moved && random() < 0.5)
        return void own(partition, fault / 2, random() < 0.5 ? { process, writer } : undefined);
    }
  };

  const all = Array.from({ length: partitions === PARTITION_COUNT ? PARTITION_COUNT : 1 }, (_, index) => index);
  for (const partition of all) for (let owner = 0; owner < owners; owner++) void own(partition, schedule.fault);
  await network.run();
  for (const partition of all) void own(partition, 0);
  await network.run();

  const found: Record<string, unknown> = {};
  for await (const { id, value } of documents.listDocuments<DocumentRecord>(collectionOf(projection))) {
    if (value.document !== null) found[id] = value.document;
  }
  return found;
}

/** Repeats a call after errors that pass. */
async function repeated<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const codes = ["AETHER_REVISION_CONFLICT", "AETHER_STORE_UNAVAILABLE", "AETHER_OUTCOME_UNKNOWN"] as const;
      if (!codes.some((code) => isAetherError(error, code))) throw error;
    }
  }
}

function randomFrom(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
