import type { Event } from "@aether/core";
import { check, checkRejects } from "../checks/check.ts";
import { events, range } from "../samples/events.ts";
import { SeededRandom } from "../samples/seeded-random.ts";
import { type BusCase, type BusCaseContext, busCaseGroup } from "../suite/bus-case.ts";
import { publishAndSettle } from "./publishing.ts";

type Policy = "drop-oldest" | "drop-newest" | "error";
const policies: readonly Policy[] = ["drop-oldest", "drop-newest", "error"];

/** The buffer that a correct subscription has. */
class ExpectedBuffer {
  readonly size: number;
  readonly policy: Policy;
  waiting: readonly number[] = [];
  dropped = 0;
  hasFailed = false;

  constructor(size: number, policy: Policy) {
    this.size = size;
    this.policy = policy;
  }

  push(version: number): void {
    if (this.hasFailed) return;
    if (this.waiting.length < this.size) {
      this.waiting = [...this.waiting, version];
      return;
    }
    this.dropped++;
    if (this.policy === "drop-oldest") this.waiting = [...this.waiting.slice(1), version];
    this.hasFailed = this.policy === "error";
  }

  take(count: number): readonly number[] {
    const taken = this.waiting.slice(0, count);
    this.waiting = this.waiting.slice(taken.length);
    return taken;
  }
}

/** A consumer of a subscription: takes some events and returns their versions. */
type Take = (count: number) => Promise<readonly unknown[]>;

/** Publishes and takes a few events at a time, at random. Checks the events that are taken, and the dropped ones. */
async function fillAndEmpty(
  context: BusCaseContext,
  { buffer, take, dropped }: { readonly buffer: ExpectedBuffer; readonly take: Take; readonly dropped: () => number },
  random: SeededRandom,
): Promise<void> {
  const steps: string[] = [];
  let version = 1;
  while (steps.length < 16 && !buffer.hasFailed) {
    const published = range(version, version + random.below(buffer.size + 1));
    version += published.length;
    steps.push(`${published.length} published`);
    await Promise.all(events("a", published).map((each) => context.publisher.publish("a", each)));
    await context.settle();
    for (const each of published) buffer.push(each);
    const given = { bufferSize: buffer.size, overflow: buffer.policy, steps };
    check("the events that do not fit are counted as dropped", { given, expected: buffer.dropped, actual: dropped() });
    if (buffer.hasFailed) return;
    const expected = buffer.take(1 + random.below(buffer.waiting.length));
    const actual = await take(expected.length);
    steps.push(`${expected.length} taken`);
    check("the events that fit are delivered, in order", { given, expected, actual });
  }
}

/** A handler that finishes an event each time that it is allowed to. */
class StepwiseHandler {
  /** The versions with which the handler was called. */
  readonly started: number[] = [];
  finish: () => void = () => {};

  readonly handle = async ({ version }: Event): Promise<void> => {
    this.started.push(version);
    await new Promise<void>((resolve) => {
      this.finish = resolve;
    });
  };
}

export const room: readonly BusCase[] = busCaseGroup("overflow", [
  {
    name: "each event that a loop takes makes room for one more",
    async run(context) {
      for (const [index, overflow] of policies.entries()) {
        for (const bufferSize of [1, 2, 5]) {
          const subscription = context.subscriber.subscribe("a", { bufferSize, overflow });
          await subscription.ready;
          const iterator = subscription[Symbol.asyncIterator]();
          const take: Take = async (count) => {
            const taken: unknown[] = [];
            while (taken.length < count) taken.push((await iterator.next()).value?.version);
            return taken;
          };
          const buffer = new ExpectedBuffer(bufferSize, overflow);
          const dropped = (): number => subscription.dropped;
          await fillAndEmpty(context, { buffer, take, dropped }, new SeededRandom(10 * bufferSize + index));
          const given = { bufferSize, overflow };
          const expected = buffer.take(bufferSize);
          const rest = { given, expected, actual: await take(expected.length) };
          check("the events that fit are delivered, in order", rest);
          if (buffer.hasFailed) {
            const failed = { code: "AETHER_SUBSCRIPTION_OVERFLOW", bufferSize } as const;
            await checkRejects("then the loop rejects with SubscriptionOverflowError", given, iterator.next(), failed);
          }
          await subscription.unsubscribe();
        }
      }
    },
  },
  {
    name: "each event that a handler finishes makes room for one more",
    async run(context) {
      for (const overflow of ["drop-oldest", "drop-newest"] as const) {
        for (const bufferSize of [1, 5]) {
          const handler = new StepwiseHandler();
          const subscription = context.subscriber.subscribe("a", handler.handle, { bufferSize, overflow });
          await subscription.ready;
          await publishAndSettle(context, "a", events("a", [1_000]));
          await context.waitFor("the first event", () => handler.started.length > 0);
          const take: Take = async (count) => {
            const before = handler.started.length;
            for (const index of range(1, count)) {
              handler.finish();
              await context.waitFor("the next event", () => handler.started.length >= before + index);
            }
            return handler.started.slice(before);
          };
          const buffer = new ExpectedBuffer(bufferSize, overflow);
          const dropped = (): number => subscription.dropped;
          await fillAndEmpty(context, { buffer, take, dropped }, new SeededRandom(bufferSize));
          handler.finish();
          await subscription.unsubscribe();
        }
      }
    },
  },
]);
