import type { Event, EventStore, StoreCapabilities, StoreCapability, StoreSupports } from "@aether/core";
import type { Damage } from "./store-fixture.ts";

/** Where a case plays: stores on one place that no other case sees. */
export interface Stage {
  /** The manifest of the store under test. */
  readonly supports: StoreSupports;
  /** Opens a store; again for a second writer, or after a close. What is left open is closed after the case. */
  open(): Promise<EventStore>;
  /** Opens a store for its capability, which the case must need. */
  open<Capability extends StoreCapability>(capability: Capability): Promise<StoreCapabilities[Capability]>;
  /** See {@link Damage}; for a case that says so in `needsDamage`. */
  interruptedSave(events: readonly Event[]): Promise<void>;
  /** See {@link Damage}; for a case that says so in `needsDamage`. */
  malformedRecord(actorId: string): Promise<void>;
}

/** One promise of the contract, and how to find out whether a store keeps it. */
export interface StoreCase {
  /** The part of the contract that it belongs to. */
  readonly theme: string;
  /** The promise. Unique within its theme. */
  readonly name: string;
  /** What the manifest must declare for the case to apply. */
  readonly needs: readonly (keyof StoreSupports)[];
  /** The damage hook that the case cannot do without. */
  readonly needsDamage?: keyof Damage<unknown>;
  /** Plays the case. @throws {@link ConformanceError} when the promise is broken */
  run(stage: Stage): Promise<void>;
}

/** A case within its theme. */
export interface ThemeCase extends Omit<StoreCase, "theme" | "needs"> {
  /** What the case needs beyond what its theme needs. */
  readonly needs?: readonly (keyof StoreSupports)[];
}

/** The cases of one part of the contract. */
export function theme(
  name: string,
  cases: readonly ThemeCase[],
  needs: readonly (keyof StoreSupports)[] = [],
): readonly StoreCase[] {
  return cases.map((one) => ({ ...one, theme: name, needs: [...needs, ...(one.needs ?? [])] }));
}
