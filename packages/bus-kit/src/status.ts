import type { Event, SubscribeOptions } from "@aether/core";

/** What a bus has to say of its subscriptions, told apart by `type`. */
export type SubscriptionStatus =
  | {
      /** A subscription began to drop events. It is said again only after the buffer was empty in between. */
      readonly type: "overflow";
      readonly pattern: string;
      readonly bufferSize: number;
      readonly overflow: NonNullable<SubscribeOptions["overflow"]>;
      /** How many events the subscription has dropped so far, in all. */
      readonly dropped: number;
    }
  | {
      /** A handler threw or rejected and has no `onError`, or its `onError` failed too. The subscription goes on. */
      readonly type: "handler-failed";
      readonly pattern: string;
      readonly event: Event;
      readonly error: unknown;
    }
  | {
      /** A `filter` threw. The event was not delivered to its subscription, which goes on. */
      readonly type: "filter-failed";
      readonly pattern: string;
      readonly event: Event;
      readonly error: unknown;
    }
  | {
      /** A subscription with a handler has ended by an error. (One that is iterated throws it in the loop.) */
      readonly type: "subscription-failed";
      readonly pattern: string;
      readonly error: unknown;
    };

/** Hears a status. It never throws. */
export type Report<Status> = (status: Status) => void;

/**
 * Makes a report of the application's `onStatus`, which may fail without hurting anyone. Without one, and when it fails,
 * `console.error` is told: a failure that nobody hears of is worse than a noisy one.
 *
 * @example
 * ```ts
 * const hub = new SubscriptionHub(reportTo((status: SubscriptionStatus) => console.warn(status.type)));
 * ```
 */
export function reportTo<Status extends { readonly type: string }>(
  onStatus: ((status: Status) => void) | undefined,
): Report<Status> {
  if (onStatus === undefined) return printStatus;
  return (status) => {
    guarded(
      () => onStatus(status),
      (error) => {
        printStatus(status);
        console.error("@aether: the event bus's onStatus failed:", error);
      },
    );
  };
}

/** Prints neither events nor payloads: an application's data has no place in its log unless it says so. */
function printStatus(status: { readonly type: string }): void {
  const { type, event, raw: _, ...details } = status as { type: string; event?: Event; raw?: unknown };
  console.error(`@aether: event bus: ${type}`, event === undefined ? details : { ...details, eventId: event.id });
}

/** Calls what an application handed in, and hears of its error, also of a promise that it returned. */
export function guarded(call: () => unknown, onError: (error: unknown) => void): void {
  try {
    const result = call();
    if (isThenable(result)) Promise.resolve(result).catch(onError);
  } catch (error) {
    onError(error);
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
