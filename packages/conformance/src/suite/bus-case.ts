import type { EventBroadcaster } from "@aether/core";

/**
 * The buses that a case uses: one bus that publishes and subscribes, or two buses on the same channel, of which one
 * publishes and the other subscribes.
 */
export type BusSetup = "one bus" | "two buses";

/** Gives one case its buses, on a channel that no other case uses. After the case, all buses are closed. */
export interface BusCaseContext {
  /** The bus on which the case publishes. */
  readonly publisher: EventBroadcaster;
  /** The bus on which the case subscribes: the publisher itself, or another bus on the same channel. */
  readonly subscriber: EventBroadcaster;
  /** Opens another bus on the same channel. Only cases with the setup `"two buses"` may call it. */
  open(): Promise<EventBroadcaster>;
  /** Opens a bus on another channel. */
  openOnOtherChannel(): Promise<EventBroadcaster>;
  /**
   * Resolves once the bus's subscriptions have received every event that was already published (its `publish` had
   * resolved). Without a bus, it waits for the subscriptions of {@link BusCaseContext.subscriber}.
   */
  settle(bus?: EventBroadcaster): Promise<void>;
  /**
   * Resolves when the condition is true. If the condition is still false at the timeout, the case fails with an error
   * that contains `awaited`.
   *
   * @param awaited - a noun phrase for the error message, such as `"the first event"`
   */
  waitFor(awaited: string, condition: () => boolean): Promise<void>;
}

/** One guarantee of the contract, with a check that a bus upholds the guarantee. */
export interface BusCase {
  /** The part of the contract that the guarantee belongs to. */
  readonly group: string;
  /** The guarantee, as one sentence. Unique within its group. */
  readonly name: string;
  /** The setups in which the case runs, one after the other. */
  readonly setups: readonly BusSetup[];
  /** Checks the guarantee. @throws {@link ConformanceError} when the bus breaks the guarantee */
  run(context: BusCaseContext): Promise<void>;
}

const bothSetups: readonly BusSetup[] = ["one bus", "two buses"];

/** A case without its group. */
export interface BusCaseDefinition extends Omit<BusCase, "group" | "setups"> {
  /** @default both */
  readonly setups?: readonly BusSetup[];
}

/** Creates the cases of one group. */
export function busCaseGroup(group: string, cases: readonly BusCaseDefinition[]): readonly BusCase[] {
  return cases.map((definition) => ({ setups: bothSetups, ...definition, group }));
}
