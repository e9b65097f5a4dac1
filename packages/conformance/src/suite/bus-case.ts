import type { EventBroadcaster } from "@aether/core";

/** How a case is played: on one bus that publishes and subscribes, or from one bus to another one on the same place. */
export type BusSetting = "one bus" | "two buses";

/** Where a case plays: buses that no other case sees. What is left open is closed after the case. */
export interface BusStage {
  /** Where cases publish. */
  readonly publisher: EventBroadcaster;
  /** Where cases subscribe: the publisher itself, or another bus that hears it. */
  readonly subscriber: EventBroadcaster;
  /** Opens another bus on the same place; for a case that is played with two buses alone. */
  open(): Promise<EventBroadcaster>;
  /** Opens a bus on another place. */
  openElsewhere(): Promise<EventBroadcaster>;
  /**
   * Resolves when everything whose publish has resolved has reached the subscriptions of a bus: the subscriber, if none is
   * given.
   */
  settle(bus?: EventBroadcaster): Promise<void>;
  /** Resolves when the condition holds. If it never does, the case fails and says what it waited for. */
  until(waitingFor: string, condition: () => boolean): Promise<void>;
}

/** One promise of the contract, and how to find out whether a bus keeps it. */
export interface BusCase {
  /** The part of the contract that it belongs to. */
  readonly theme: string;
  /** The promise. Unique within its theme. */
  readonly name: string;
  /** How it is played: in one of these settings, or in both, one after the other. */
  readonly settings: readonly BusSetting[];
  /** Plays the case. @throws {@link ConformanceError} when the promise is broken */
  run(stage: BusStage): Promise<void>;
}

const bothSettings: readonly BusSetting[] = ["one bus", "two buses"];

/** A case within its theme. */
export interface BusThemeCase extends Omit<BusCase, "theme" | "settings"> {
  /** @default both */
  readonly settings?: readonly BusSetting[];
}

/** The cases of one part of the contract. */
export function busTheme(name: string, cases: readonly BusThemeCase[]): readonly BusCase[] {
  return cases.map((one) => ({ settings: bothSettings, ...one, theme: name }));
}
