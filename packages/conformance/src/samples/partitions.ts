/** Number of partitions of a feed. */
export const PARTITIONS = 16;

/**
 * The partitions of some actors, by their ids. They are part of the contract: the last four bits of the 32-bit FNV-1a
 * hash of the id's UTF-8 bytes.
 */
export const partitionsOfActors: Readonly<Record<string, number>> = {
  a: 12,
  b: 5,
  "order-1": 13,
  "order-2": 4,
  "order-1000": 15,
  A: 12,
  "\u00e9": 1,
  "e\u0301": 15,
  中文: 5,
  "\u{1F4A5}": 9,
  "a b": 2,
  "6ba7b810-9dad-11d1-80b4-00c04fd430c8": 0,
  ["x".repeat(128)]: 5,
};

/** Returns the partition of an actor. */
export function partitionOf(actorId: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(actorId)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash & (PARTITIONS - 1);
}
