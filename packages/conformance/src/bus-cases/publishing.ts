import type { Event } from "@aether/core";
import type { BusCaseContext } from "../suite/bus-case.ts";

/** Publishes events one after the other. */
export async function publishAll(context: BusCaseContext, namespace: string, events: readonly Event[]): Promise<void> {
  for (const event of events) await context.publisher.publish(namespace, event);
}

/** Publishes events one after the other and waits until they have reached the subscriber. */
export async function publishAndSettle(
  context: BusCaseContext,
  namespace: string,
  events: readonly Event[],
): Promise<void> {
  await publishAll(context, namespace, events);
  await context.settle();
}
