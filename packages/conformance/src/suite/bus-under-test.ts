import type { EventBroadcaster } from "@aether/core";

/**
 * The event bus that the suite tests.
 *
 * @typeParam Channel - identifies the channel that connects buses: a subject prefix, a topic, an exchange
 */
export interface BusUnderTest<Channel> {
  /**
   * True if several buses on the same channel receive each other's events. If so, cases also run between two buses.
   */
  readonly shared: boolean;
  /** Creates a new channel that nothing else uses. Every case gets its own. */
  createChannel(): Channel | Promise<Channel>;
  /** Opens a bus on the channel. If buses are `shared`, the suite also opens a bus while others are open. */
  open(channel: Channel): EventBroadcaster | Promise<EventBroadcaster>;
  /**
   * Resolves once this bus's subscriptions have received every event that was already published on any bus of the
   * channel (its `publish` had resolved).
   * @default resolves immediately, which is correct if `publish` resolves only after the event has been delivered
   */
  readonly settle?: ((bus: EventBroadcaster) => Promise<void>) | undefined;
  /**
   * Frees the channel. The suite calls it after all buses on the channel have been closed.
   * @default nothing is freed
   */
  readonly destroyChannel?: ((channel: Channel) => void | Promise<void>) | undefined;
  /**
   * Maximum duration of one case, in milliseconds, from the first call to `open`. A case that takes longer fails, and
   * its error names the event or the call that the case is waiting for. Keep the limit below the timeout of the test
   * runner, because the runner cannot name them.
   * @default 4_000
   */
  readonly caseTimeoutMs?: number | undefined;
}
