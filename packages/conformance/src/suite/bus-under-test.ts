import type { EventBroadcaster } from "@aether/core";

/**
 * The event bus that the suite tests.
 *
 * @typeParam Channel - identifies what connects buses: a prefix of subjects, a topic, an exchange
 */
export interface BusUnderTest<Channel> {
  /**
   * True if several buses on the same channel receive each other's events. Cases then also run between two buses.
   */
  readonly shared: boolean;
  /** Creates a new channel that nothing else uses. Every case gets its own. */
  createChannel(): Channel | Promise<Channel>;
  /** Opens a bus on the channel. If buses are `shared`, the suite also calls it while others are open. */
  open(channel: Channel): EventBroadcaster | Promise<EventBroadcaster>;
  /**
   * Resolves when every event whose `publish` has resolved, on any bus of the channel, has reached the subscriptions of
   * this bus.
   * @default resolves immediately: `publish` resolves after the events were delivered
   */
  readonly settle?: ((bus: EventBroadcaster) => Promise<void>) | undefined;
  /**
   * Frees the channel. All its buses are closed before.
   * @default nothing is freed
   */
  readonly destroyChannel?: ((channel: Channel) => void | Promise<void>) | undefined;
  /**
   * Maximum duration of one case, in milliseconds. A case that takes longer fails and says which event or call it is
   * waiting for. Keep it below the timeout of the test runner, which cannot say that.
   * @default 4_000
   */
  readonly caseTimeoutMs?: number | undefined;
}
