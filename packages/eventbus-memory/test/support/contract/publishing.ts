import type { Event } from "@aether/core";
import { theme } from "./bus-case.ts";
import { rejects, same } from "./checks.ts";
import { eventOf, take } from "./samples.ts";

const invalidNamespaces: readonly unknown[] = [
  "",
  ".",
  "a.",
  ".a",
  "a..b",
  "*",
  ">",
  "a.*",
  "a.>",
  "a*",
  "a b",
  "a\n",
  "a\u0000",
  "a\u00a0b",
  "\ud800",
  "x".repeat(256),
  Array.from({ length: 17 }, () => "t").join("."),
  undefined,
  7,
  {},
];

const invalidEvents: readonly (readonly [unknown, string])[] = [
  [undefined, ""],
  [7, ""],
  [{ ...eventOf(1), id: undefined }, "id"],
  [{ ...eventOf(1), timestamp: undefined }, "timestamp"],
  [{ ...eventOf(1), timestamp: "yesterday" }, "timestamp"],
  [{ ...eventOf(1), version: 0 }, "version"],
  [{ ...eventOf(1), actorId: "" }, "actorId"],
  [{ ...eventOf(1), eventType: 7 }, "eventType"],
  [{ ...eventOf(1), data: { at: new Date() } }, "data.at"],
  [{ ...eventOf(1), data: [] }, "data"],
  [{ ...eventOf(1), metadata: { retries: 3 } }, "metadata"],
];

export const publishing = theme("publishing", {
  "a namespace that is none is refused": async ({ publisher }) => {
    for (const namespace of invalidNamespaces) {
      const refused = publisher.publish(namespace as string, eventOf(1));
      await rejects(refused, "AETHER_INVALID_NAMESPACE", `publish to ${JSON.stringify(namespace)}`);
    }
  },

  "an event that is none, or not complete, is refused with the path to the culprit": async ({ publisher }) => {
    for (const [event, path] of invalidEvents) {
      const refused = publisher.publish("a", event as Event);
      await rejects(refused, "AETHER_INVALID_EVENT", `publish of ${JSON.stringify(event)}`);
      const { path: culprit = "none" } = await refused.then(
        () => ({}) as { path?: string },
        (error: { path?: string }) => error,
      );
      same(culprit.startsWith(path), true, `the path of the error leads to ${path}, not ${culprit}`);
    }
  },

  "invalid input is refused before a closed bus": async ({ publisher }) => {
    await publisher.close();
    await rejects(publisher.publish("a..b", eventOf(1)), "AETHER_INVALID_NAMESPACE", "publish to a closed bus");
    await rejects(publisher.publish("a", eventOf(0)), "AETHER_INVALID_EVENT", "publish to a closed bus");
    await rejects(publisher.publish("a", eventOf(1)), "AETHER_BROADCASTER_CLOSED", "publish to a closed bus");
  },

  "with a signal that is aborted before, nothing is published": async ({ publisher, subscriber, settle }) => {
    const subscription = subscriber.subscribe("a");
    await subscription.ready;
    const reason = new Error("too late");
    const aborted = publisher.publish("a", eventOf(1), { signal: AbortSignal.abort(reason) });
    same(await aborted.catch((error: unknown) => error === reason), true, "rejects with the reason");
    await publisher.publish("a", eventOf(2));
    await settle();
    same(await take(subscription, 1), [2], "what arrives");
  },

  "nobody needs to listen": async ({ publisher }) => {
    await publisher.publish("nobody.listens", eventOf(1));
  },
});
