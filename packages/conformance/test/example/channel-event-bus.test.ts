import { testEventBus } from "@aether/conformance";
import { describe, test } from "vitest"; // or from "node:test"
import { ChannelEventBus } from "./channel-event-bus.ts";

testEventBus({
  name: "ChannelEventBus",
  describe,
  test,
  shared: true,
  createChannel: () => `events-${crypto.randomUUID()}`,
  open: (channelName) => new ChannelEventBus(channelName),
  settle: (bus) => (bus as ChannelEventBus).arrived(),
});
