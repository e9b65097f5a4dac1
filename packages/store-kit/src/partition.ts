import { hashText } from "./hash.ts";

/**
 * Number of partitions of a feed.
 *
 * @example
 * ```ts
 * for (let partition = 0; partition < PARTITION_COUNT; partition++) console.log(partition, partitionOf("order-1"));
 * ```
 */
export const PARTITION_COUNT = 16;

/**
 * Returns the partition of an actor, an integer from 0 to 15: the last four bits of the 32-bit FNV-1a hash of the id's
 * UTF-8 bytes. All stores use this function, so a partition has the same actors everywhere.
 *
 * @example
 * ```ts
 * partitionOf("order-1"); // 13
 * ```
 */
export function partitionOf(actorId: string): number {
  return hashText(actorId) % PARTITION_COUNT;
}
