import type { Event, SubscribeOptions } from "@aether/core";

/** Problems with subscriptions that a bus reports, distinguished by `type`. */
export type SubscriptionStatus =
  | {
      /** A subscription began to drop events. Not reported again until the buffer has been empty. */
      readonly type: "overflow";
      readonly pattern: string;
      readonly bufferSize: number;
      readonly overflow: NonNullable<SubscribeOptions["overflow"]>;
      /** Total number of events that the subscription has dropped so far. */
      readonly dropped: number;
    }
  | {
      /** A handler threw or rejected and has no `onError`, or its `onError` failed too. The subscription continues. */
      readonly type: "handler-failed";
      readonly pattern: string;
      readonly event: Event;
      readonly error: unknown;
    }
  | {
      /** A `filter` threw. The subscription does not receive the event, but continues. */
      readonly type: "filter-failed";
      readonly pattern: string;
      readonly event: Event;
      readonly error: unknown;
    }
  | {
      /** An error ended a subscription with a handler. (A `for await` loop throws the error instead.) */
      readonly type: "subscription-failed";
      readonly pattern: string;
      readonly error: unknown;
    };

/** Reports a status. Never throws. */
export type Report<Status> = (status: Status) => void;

/**
 * Returns a function that reports statuses to the application's `onStatus`. A status is printed with `console.error`
 * instead if there is no `onStatus`, or if `onStatus` throws or rejects.
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
    runCallback(
      () => onStatus(status),
      (error) => {
        printStatus(status);
        console.error("@aether: the event bus's onStatus failed:", error);
      },
    );
  };
}

/** Prints a status without events and payloads, because they may contain data that must not appear in a log. */
function printStatus(status: { readonly type: string }): void {
  const { type, event, raw: _, ...details } = status as { type: string; event?: Event; raw?: unknown };
  console.error(`@aether: event bus: ${type}`, event === undefined ? details : { ...details, eventId: event.id });
}

/** Runs a callback of the application. `onError` is called if it throws, or if it returns a promise that rejects. */
export function runCallback(callback: () => unknown, onError: (error: unknown) => void): void {
  try {
    const result = callback();
    if (isThenable(result)) Promise.resolve(result).catch(onError);
  } catch (error) {
    onError(error);
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
