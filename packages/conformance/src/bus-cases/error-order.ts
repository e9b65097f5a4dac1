import { checkRejects, checkThrows } from "../checks/check.ts";
import { event } from "../samples/events.ts";
import { type BusCase, type BusCaseContext, busCaseGroup } from "../suite/bus-case.ts";

const signal = AbortSignal.abort(new Error("enough"));
const invalidNamespace = { code: "AETHER_INVALID_NAMESPACE" } as const;
const invalidEvent = { code: "AETHER_INVALID_EVENT", path: "version" } as const;
const invalidArgument = { code: "AETHER_INVALID_ARGUMENT" } as const;
const closed = { code: "AETHER_BUS_CLOSED" } as const;

async function checkInvalidFirst({ publisher, subscriber }: BusCaseContext, guarantee: string): Promise<void> {
  const options = { signal };
  const bad = event("a", 0);
  await checkRejects(guarantee, "publish to a..b", publisher.publish("a..b", event("a", 1), options), invalidNamespace);
  await checkRejects(guarantee, "publish of version 0", publisher.publish("a", bad, options), invalidEvent);
  checkThrows(guarantee, "subscribe to a..b", () => subscriber.subscribe("a..b", options), invalidNamespace);
  const badOptions = { ...options, bufferSize: 0 };
  checkThrows(guarantee, "subscribe with a buffer of 0", () => subscriber.subscribe("a", badOptions), invalidArgument);
  const withHandler = (): unknown => subscriber.subscribe("a", () => {}, badOptions);
  checkThrows(guarantee, "subscribe a handler with a buffer of 0", withHandler, invalidArgument);
}

export const errorOrder: readonly BusCase[] = busCaseGroup("order of errors", [
  {
    name: "invalid input is reported before a closed bus, and before an aborted signal",
    setups: ["one bus"],
    async run(context) {
      await checkInvalidFirst(context, "invalid input is reported before an aborted signal");
      await context.publisher.close();
      await checkInvalidFirst(context, "invalid input is reported before a closed bus");
    },
  },
  {
    name: "a closed bus is reported before an aborted signal",
    setups: ["one bus"],
    async run({ publisher, subscriber }) {
      await publisher.close();
      const guarantee = "a closed bus is reported before an aborted signal";
      await checkRejects(guarantee, "publish", publisher.publish("a", event("a", 1), { signal }), closed);
      checkThrows(guarantee, "subscribe", () => subscriber.subscribe("a", { signal }), closed);
      checkThrows(guarantee, "subscribe with a handler", () => subscriber.subscribe("a", () => {}, { signal }), closed);
    },
  },
]);
