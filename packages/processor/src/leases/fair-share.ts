/** A partition, as one process sees it. */
export interface PartitionView {
  readonly partition: number;
  /** True if this process has the partition. */
  readonly isOwn: boolean;
  /** True if the partition can be taken over now. */
  readonly isFree: boolean;
  /** True if this process has just given up the partition, so that another process takes it. */
  readonly isGivenUp: boolean;
}

/** The partitions that a process should take and give up. */
export interface Share {
  readonly take: readonly number[];
  readonly giveUp: readonly number[];
}

/**
 * Returns the next steps of one process towards a fair share: every process has at most the number of partitions
 * divided by the number of processes, rounded up. So all partitions find an owner, and no process takes back what it
 * has given up for another one.
 *
 * @param members - number of processes, including this one
 * @param offset - partition to begin with, so that different processes do not try to take the same ones first
 */
export function fairShare(views: readonly PartitionView[], members: number, offset: number): Share {
  const limit = Math.ceil(views.length / Math.max(1, members));
  const own = views.filter(({ isOwn }) => isOwn).map(({ partition }) => partition);
  if (own.length > limit) return { take: [], giveUp: own.slice(limit - own.length) };
  const inOrder = [...views.slice(offset % views.length), ...views.slice(0, offset % views.length)];
  const free = inOrder.filter(({ isOwn, isFree, isGivenUp }) => isFree && !isOwn && !isGivenUp);
  return { take: free.slice(0, limit - own.length).map(({ partition }) => partition), giveUp: [] };
}
