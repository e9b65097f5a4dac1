import type { Position } from "@aether/core";
import { PARTITION_COUNT, partitionOf } from "@aether/store-kit";
import { ActorParkedError, ProcessorStoppedError } from "../errors.ts";
import type { Board } from "../leases/board.ts";
import { hasMembers } from "../leases/membership.ts";
import { isParkIndex, type ParkIndex, type ParkRecord } from "../state/park-index.ts";
import { type FailureRecord, isPartitionRecord, type PartitionRecord } from "../state/partition-record.ts";
import { checkedValue, documentIds } from "../state/processor-documents.ts";

/** Progress of a partition, as one process knows it. */
export interface PartitionProgress {
  /** Position up to which every event is handled or parked; `undefined` at the beginning. */
  readonly handledUpTo: Position | undefined;
  /** True if a process handles the partition. */
  readonly hasOwner: boolean;
  readonly parked: readonly Pick<ParkRecord, "actorId" | "position" | "request">[];
  /** The reason why no process handles the partition, if its last owner has failed. */
  readonly failure: FailureRecord | null;
}

/** A wait for a position. */
export interface Wanted {
  /** Name of the processor. */
  readonly name: string;
  readonly position: Position;
  /** Wait only for this actor. */
  readonly actorId: string | undefined;
}

/** Returns the partitions that a wait depends on. */
export function partitionsOf(
  { actorId }: Pick<Wanted, "actorId">,
  partitions: number,
  dividesActors: boolean,
): readonly number[] {
  if (actorId !== undefined && dividesActors) return [partitions === PARTITION_COUNT ? partitionOf(actorId) : 0];
  return Array.from({ length: partitions }, (_, partition) => partition);
}

/**
 * Returns true if all partitions have reached the position.
 * @throws `AETHER_ACTOR_PARKED`, `AETHER_PROCESSOR_STOPPED`
 */
export function isReached({ name, position, actorId }: Wanted, progress: readonly PartitionProgress[]): boolean {
  for (const { parked } of progress) {
    const found = parked.find(
      (each) => each.position <= position && (actorId === undefined || each.actorId === actorId),
    );
    if (found === undefined) continue;
    // The actor is about to be handled again.
    if (found.request !== null) return false;
    throw new ActorParkedError({ processor: name, actorId: found.actorId, position: found.position });
  }
  const behind = progress.filter(({ handledUpTo }) => handledUpTo === undefined || handledUpTo < position);
  for (const { failure } of behind) {
    if (failure === null) continue;
    const cause = new Error(failure.message);
    throw new ProcessorStoppedError({
      processor: name,
      reason: "failed",
      position: failure.position ?? undefined,
      cause,
    });
  }
  return behind.length === 0;
}

/**
 * Returns the progress of a partition, according to the documents that were seen. A failure counts only if no process
 * runs the processor any more: otherwise one of them takes over.
 */
export function progressSeen(board: Board, partition: number, nowMs: number): PartitionProgress {
  const sighting = board.get(documentIds.partition(partition));
  const index = board.get(documentIds.parked(partition));
  const record = sighting && checkedValue<PartitionRecord>(sighting.document, isPartitionRecord);
  const parked = index === undefined ? [] : checkedValue<ParkIndex>(index.document, isParkIndex).actors;
  const isAlive = sighting !== undefined && record !== undefined && nowMs - sighting.sinceMs < record.leaseMs;
  return {
    handledUpTo: record?.checkpoint ?? undefined,
    hasOwner: isAlive && !record.isReleased,
    parked: parked.map(({ actorId, position, request }) => ({ actorId, position, request })),
    failure: record?.isReleased && !hasMembers(board, nowMs) ? record.failure : null,
  };
}
