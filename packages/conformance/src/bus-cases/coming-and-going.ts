import type { EventBroadcaster } from "@aether/core";
import { check } from "../checks/check.ts";
import { event } from "../samples/events.ts";
import { SeededRandom } from "../samples/seeded-random.ts";
import type { BusCaseContext } from "../suite/bus-case.ts";
import { matches } from "./matching.ts";
import { type Endable, endable, reason, waysToEnd } from "./ways-to-end.ts";

const namespaces = ["a", "a.b", "a.c", "b.b", "a.b.c"];
const patterns = ["a", "a.b", "a.*", "*.b", "*", "*.*", "a.>", ">"];
const guarantee = "a subscription gets exactly the events that are published while it is open";

/** An open subscription, and the versions that it must have got. */
interface Open extends Endable {
  readonly name: string;
  readonly bus: EventBroadcaster;
  readonly expected: number[];
}

/**
 * Subscribes, publishes on both buses and ends subscriptions, all at random, and one step after the other. Checks each
 * subscription when it ends, and the number of subscriptions after each step.
 */
export async function comeAndGo(context: BusCaseContext, seed: number, steps: number): Promise<void> {
  const random = new SeededRandom(seed);
  const buses = [...new Set([context.publisher, context.subscriber])];
  const log: string[] = [];
  let open: readonly Open[] = [];
  let made = 0;

  const subscribe = async (): Promise<void> => {
    const [kind, pattern, bus] = [random.pick(["loop", "handler"] as const), random.pick(patterns), random.pick(buses)];
    const name = `${kind} ${++made}`;
    log.push(`${name} subscribes to ${pattern} on bus ${buses.indexOf(bus) + 1}`);
    const each = endable({ ...context, subscriber: bus }, kind, pattern);
    await each.subscription.ready;
    open = [...open, { ...each, name, bus, expected: [] }];
  };
  const publish = async (version: number): Promise<void> => {
    const [namespace, bus] = [random.pick(namespaces), random.pick(buses)];
    log.push(`event ${version} is published to ${namespace} on bus ${buses.indexOf(bus) + 1}`);
    await bus.publish(namespace, event("a", version));
    for (const each of buses) await context.settle(each);
    for (const { subscription, expected } of open) {
      if (matches(subscription.pattern, namespace)) expected.push(version);
    }
  };
  const end = async (ending: Open): Promise<void> => {
    open = open.filter((each) => each !== ending);
    const { name, expected, handled, loop, subscription } = ending;
    const way = random.pick(waysToEnd);
    const taken = loop === undefined ? expected.length : random.below(expected.length + 1);
    const given = { steps: [...log].reverse(), subscription: name, to: subscription.pattern, endedBy: way.name };
    if (loop === undefined) {
      await context.waitFor(`the events of ${name}`, () => handled.length >= expected.length);
      check(guarantee, { given, expected, actual: handled });
      await way.end(ending);
    } else {
      await takeAndEnd(loop, taken, () => way.end(ending), { given, expected });
    }
    log.push(`${name} ends by ${way.name}`);
    const dropped = { given, expected: expected.length - taken, actual: subscription.dropped };
    check("the events that were not taken are counted as dropped", dropped);
  };

  for (let step = 1; step <= steps; step++) {
    const dice = random.below(10);
    if (open.length < 2 || dice < 3) await subscribe();
    else if (dice < 8) await publish(step);
    else await end(random.pick(open));
    for (const bus of buses) {
      const pattern = random.pick(patterns);
      const own = open.filter((each) => each.bus === bus);
      const expected = {
        total: own.length,
        pattern: own.filter((each) => each.subscription.pattern === pattern).length,
      };
      const actual = { total: bus.subscriberCount(), pattern: bus.subscriberCount(pattern) };
      check("subscriberCount counts the open subscriptions", {
        given: { steps: [...log].reverse(), pattern },
        expected,
        actual,
      });
    }
  }
  for (const each of open) await end(each);
}

/** Takes some events of a loop, ends its subscription, and checks that the loop gets no more. */
async function takeAndEnd(
  loop: NonNullable<Endable["loop"]>,
  count: number,
  end: () => Promise<void>,
  { given, expected }: { readonly given: unknown; readonly expected: readonly number[] },
): Promise<void> {
  const iterator = loop[Symbol.asyncIterator]();
  const taken: unknown[] = [];
  while (taken.length < count) taken.push((await iterator.next()).value?.version);
  check(guarantee, { given, expected: expected.slice(0, count), actual: taken });
  await end();
  const [next] = await Promise.allSettled([iterator.next()]);
  const isOver = next.status === "rejected" ? next.reason === reason : next.value.done === true;
  check("a loop gets no event after its subscription has ended", { given, expected: true, actual: isOver });
}
