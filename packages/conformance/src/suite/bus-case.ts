import type { EventBroadcaster } from "@aether/core";

/**
 * The buses that a case uses: one bus that publishes and subscribes, or one that publishes to another on the same
 * channel.
 */
export type BusSetup = "one bus" | "two buses";

/** Gives one case its buses. They use a channel of their own. Buses that are still open are closed after the case. */
export interface BusCaseContext {
  /** The bus on which the case publishes. */
  readonly publisher: EventBroadcaster;
  /** The bus on which the case subscribes: the publisher itself, or another bus on the same channel. */
  readonly subscriber: EventBroadcaster;
  /** Opens another bus on the same channel. Only for cases that run with two buses. */
  open(): Promise<EventBroadcaster>;
  /** Opens a bus on another channel. */
  openOnOtherChannel(): Promise<EventBroadcaster>;
  /**
   * Resolves when every event whose `publish` has resolved has reached the subscriptions of the bus (default: the
   * subscriber).
   */
  settle(bus?: EventBroadcaster): Promise<void>;
  /**
   * Resolves when the condition is true. If it stays false until the timeout, the case fails and names what it waited
   * for.
   *
   * @param awaited - a noun phrase for the message, such as `"the first event"`
   */
  waitFor(awaited: string, condition: () => boolean): Promise<void>;
}

/** One guarantee of the contract, and the check that a bus keeps it. */
export interface BusCase {
  /** The part of the contract that the guarantee belongs to. */
  readonly group: string;
  /** The guarantee, as one sentence. Unique within its group. */
  readonly name: string;
  /** The setups in which the case runs, one after the other. */
  readonly setups: readonly BusSetup[];
  /** Runs the case. @throws {@link ConformanceError} when the bus breaks the guarantee */
  run(context: BusCaseContext): Promise<void>;
}

const bothSetups: readonly BusSetup[] = ["one bus", "two buses"];

/** A case without its group. */
export interface BusCaseDefinition extends Omit<BusCase, "group" | "setups"> {
  /** @default both */
  readonly setups?: readonly BusSetup[];
}

/** Combines the cases of one part of the contract. */
export function busCaseGroup(group: string, cases: readonly BusCaseDefinition[]): readonly BusCase[] {
  return cases.map((definition) => ({ setups: bothSetups, ...definition, group }));
}
