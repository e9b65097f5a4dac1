import type { EventBroadcaster } from "@aether/core";
import { CallTracker } from "../instrument/call-tracker.ts";
import { instrumentBus } from "../instrument/instrument-bus.ts";
import type { BusCase, BusSetup } from "../suite/bus-case.ts";
import type { BusUnderTest } from "../suite/bus-under-test.ts";
import { CaseTimeout } from "./case-timeout.ts";
import { runCase } from "./run-case.ts";
import { Session } from "./session.ts";

/**
 * Runs one case on a new channel, in one of its setups. Afterwards, closes all buses of the case and destroys its
 * channels, even if the case failed.
 *
 * @throws {@link ConformanceError} when the bus breaks a guarantee, fails with an error that the case did not expect,
 * or does not finish within `caseTimeoutMs`
 * @throws the error of the first `createChannel`, or of `destroyChannel` if nothing failed before it, unchanged
 *
 * @example
 * ```ts
 * for (const busCase of busCases) for (const setup of busCase.setups) await runBusCase(busUnderTest, busCase, setup);
 * ```
 */
export async function runBusCase<Channel>(
  bus: BusUnderTest<Channel>,
  busCase: BusCase,
  setup: BusSetup,
): Promise<void> {
  const tracker = new CallTracker();
  const timeout = new CaseTimeout(tracker, bus.caseTimeoutMs);
  const resources = {
    create: () => bus.createChannel(),
    open: (channel: Channel) => bus.open(channel),
    destroy: (channel: Channel) => bus.destroyChannel?.(channel),
    openCall: "open(channel)",
  };
  const session = new Session<Channel, EventBroadcaster>(resources, instrumentBus, tracker);
  await runCase(session, timeout, {
    guarantee: busCase.name,
    run: async (channel) => {
      const publisher = await session.open(channel);
      const subscriber = setup === "one bus" ? publisher : await session.open(channel);
      await busCase.run({
        publisher,
        subscriber,
        open: () => session.open(channel),
        openOnOtherChannel: async () => session.open(await session.create()),
        settle: async (opened = subscriber) => bus.settle?.(session.originalOf(opened)),
        waitFor: (awaited, condition) => timeout.waitFor(awaited, condition),
      });
    },
    closeGuarantee: "close ends and does not reject",
    close: (opened) => opened.close(),
  });
}
