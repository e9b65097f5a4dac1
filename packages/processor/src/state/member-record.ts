/** A process that runs a processor. It renews the record as long as it runs. */
export interface MemberRecord {
  /** Number of the renewal. */
  readonly renewal: number;
  /** Time without a renewal after which the process counts as ended, in milliseconds. */
  readonly leaseMs: number;
  /** Types of the events that it handles; `null` for all. Sorted. */
  readonly eventTypes: readonly string[] | null;
  /** Text that the ids of its actors begin with. */
  readonly actorIdPrefix: string;
}

/** Returns true if a value has the fields of a `MemberRecord`. */
export function isMemberRecord(value: object): boolean {
  const { renewal, leaseMs, eventTypes, actorIdPrefix } = value as Partial<MemberRecord>;
  const hasTypes = eventTypes === null || Array.isArray(eventTypes);
  return typeof renewal === "number" && typeof leaseMs === "number" && hasTypes && typeof actorIdPrefix === "string";
}
