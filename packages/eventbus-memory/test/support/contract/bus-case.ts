import type { EventBroadcaster } from "@aether/core";

/** Where a case plays: on buses that nobody else uses. What is left open is closed after the case. */
export interface BusStage {
  /** Where cases publish. */
  readonly publisher: EventBroadcaster;
  /** Where cases subscribe: the same bus, or another one that hears the first. */
  readonly subscriber: EventBroadcaster;
  /** Resolves when every event whose publish has resolved has reached the buffers and handlers of the subscriber. */
  settle(): Promise<void>;
}

/** One promise of the contract, and how to find out whether a bus keeps it. It throws where the bus does not. */
export interface BusCase {
  /** The part of the contract that it belongs to. */
  readonly theme: string;
  /** The promise. Unique within its theme. */
  readonly name: string;
  run(stage: BusStage): Promise<void>;
}

/** The cases of one part of the contract. */
export function theme(name: string, cases: Readonly<Record<string, BusCase["run"]>>): readonly BusCase[] {
  return Object.entries(cases).map(([promise, run]) => ({ theme: name, name: promise, run }));
}
