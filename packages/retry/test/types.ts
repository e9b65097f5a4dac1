/** Types that must compile, and errors that must be found: an unused `@ts-expect-error` is a compile error. */
import {
  type Event,
  type EventDraft,
  type EventOfType,
  type EventStore,
  type EventsOf,
  isAetherError,
  type SaveReceipt,
} from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import {
  type AppendResult,
  adaptive,
  appendWithRetry,
  type CircuitState,
  type Decide,
  defaultPolicy,
  detailed,
  type FailedAttempt,
  jitter,
  type QueueOutcome,
  type RetryOptions,
  type RetryPolicy,
  RetryQueue,
  retryOnConflict,
  simple,
  type Verdict,
} from "../src/index.ts";

interface Placed {
  item: string;
  lines?: { sku: string; quantity: number }[];
  payment?: { card: string } | { invoice: number };
}
interface Category {
  name: string;
  children: Category[];
}
type OrderEvent = EventsOf<{
  OrderPlaced: Placed;
  OrderShipped: { carrier: string };
  OrderTagged: { tags: Record<string, number> };
  OrderCancelled: object;
  Sorted: { root: Category };
}>;

type Shipped = EventDraft<EventOfType<OrderEvent, "OrderShipped">>;

declare const store: EventStore<OrderEvent>;
declare const wide: EventStore;
declare const condition: boolean;
declare const error: unknown;
declare const placed: Placed;
declare const category: Category;
const memory: MemoryEventStore<OrderEvent> = new MemoryEventStore<OrderEvent>();

export async function synchronous(): Promise<void> {
  await appendWithRetry(store, "o", () => ({ eventType: "OrderShipped", data: { carrier: "x" } }));
  await appendWithRetry(store, "o", () => [{ eventType: "OrderShipped", data: { carrier: "x" } }]);
  await appendWithRetry(store, "o", () => []);
  await appendWithRetry(store, "o", () => undefined);
  await appendWithRetry(store, "o", () => {});
  await appendWithRetry(store, "o", () => {
    if (condition) return;
    return { eventType: "OrderShipped", data: { carrier: "x" } };
  });
}

export async function asynchronous(): Promise<void> {
  await appendWithRetry(store, "o", async () => ({ eventType: "OrderShipped", data: { carrier: "x" } }));
  await appendWithRetry(store, "o", async () => undefined);
  await appendWithRetry(store, "o", async () => {});
  await appendWithRetry(store, "o", async () => []);
  await appendWithRetry(store, "o", async () =>
    condition ? { eventType: "OrderShipped", data: { carrier: "x" } } : undefined,
  );
  await appendWithRetry(store, "o", async () => {
    if (condition) return { eventType: "OrderShipped", data: { carrier: "x" } };
    return undefined;
  });
  await appendWithRetry(store, "o", async () => {
    if (condition) return [];
    return [
      { eventType: "OrderShipped", data: { carrier: "x" } },
      { eventType: "OrderPlaced", data: { item: "x", payment: { invoice: 1 } } },
    ];
  });
  await appendWithRetry(store, "o", async () => {
    if (condition) return [{ eventType: "OrderPlaced", data: { item: "x" } }];
    return { eventType: "OrderShipped", data: { carrier: "x" } };
  });
  await appendWithRetry(memory, "o", async ({ events, currentVersion }) => {
    const version: number = await currentVersion();
    for (const event of await events()) if (event.eventType === "OrderShipped" && version > 1) return;
    return { eventType: "OrderShipped", data: { carrier: "x" }, metadata: { userId: "u" }, id: "i" };
  });
}

export async function shapesOfData(): Promise<void> {
  await appendWithRetry(store, "o", () => ({ eventType: "OrderPlaced", data: placed }));
  await appendWithRetry(store, "o", () => ({ eventType: "Sorted", data: { root: category } }));
  await appendWithRetry(store, "o", () => ({
    eventType: "Sorted",
    data: { root: { name: "a", children: [category] } },
  }));
  await appendWithRetry(store, "o", () => ({ eventType: "OrderTagged", data: { tags: { fragile: 1, heavy: 2 } } }));
  await appendWithRetry(store, "o", () => ({ eventType: "OrderCancelled", data: { because: "anything goes" } }));
  await appendWithRetry(store, "o", (): EventDraft<OrderEvent> => ({ eventType: "OrderPlaced", data: { item: "x" } }));
  await appendWithRetry(store, "o", () => ({ eventType: "OrderPlaced", data: JSON.parse("{}") }));
  await appendWithRetry(store, "o", () => [{ eventType: "OrderShipped", data: { carrier: "x" } }] as const);
  await appendWithRetry(store, "o", () => ({ eventType: "OrderShipped", data: { carrier: "x" } }) satisfies Shipped);
  await appendWithRetry(wide, "o", () => ({ eventType: "Anything", data: { a: { b: 1 } } }));
  await appendWithRetry<OrderEvent>(store, "o", () => ({ eventType: "OrderShipped", data: { carrier: "x" } }));
}

export async function withResults(): Promise<void> {
  const shipped = await appendWithRetry(store, "o", async ({ events }) => {
    const count = (await events()).length;
    return { events: { eventType: "OrderShipped", data: { carrier: "x" } }, result: { count } };
  });
  const count: number = shipped.result.count;
  const sync = await appendWithRetry(store, "o", () => ({ events: [], result: "nothing" }));
  const text: string = sync.result;
  const several = await appendWithRetry(store, "o", () => {
    if (condition) return { events: undefined, result: 1 };
    return { events: [{ eventType: "OrderShipped", data: { carrier: "x" } }], result: 2 };
  });
  const number: number = several.result;
  const mixed = await appendWithRetry(store, "o", async () => {
    if (condition) return;
    return { events: { eventType: "OrderShipped", data: { carrier: "x" } }, result: 3 };
  });
  // @ts-expect-error there is no result if nothing is returned
  mixed.result.toFixed();
  const none: undefined = (await appendWithRetry(store, "o", () => undefined)).result;
  // @ts-expect-error data.extra
  await appendWithRetry(store, "o", () => ({
    events: { eventType: "OrderShipped", data: { carrier: "x", extra: 1 } },
    result: 1,
  }));
  // @ts-expect-error data of another type
  await appendWithRetry(store, "o", async () => ({ events: { eventType: "OrderShipped", data: {} }, result: 1 }));
  void [count, text, number, none];
}

export async function mispaired(): Promise<void> {
  // @ts-expect-error data of another type
  await appendWithRetry(store, "o", () => ({ eventType: "OrderShipped", data: { item: "x" } }));
  // @ts-expect-error data of another type
  await appendWithRetry(store, "o", async () => ({ eventType: "OrderShipped", data: { item: "x" } }));
  // @ts-expect-error data of another type
  await appendWithRetry(store, "o", async () => [{ eventType: "OrderShipped", data: { item: "x" } }]);
  // @ts-expect-error data of another type, through the class of a store
  await appendWithRetry(memory, "o", async () => ({ eventType: "OrderShipped", data: { item: "x" } }));
  // @ts-expect-error a type that the application does not have
  await appendWithRetry(store, "o", async () => ({ eventType: "OrderLost", data: {} }));
  // @ts-expect-error a string is not a decision
  await appendWithRetry(store, "o", () => "OrderShipped");
}

export async function excess(): Promise<void> {
  // @ts-expect-error data.extra
  await appendWithRetry(store, "o", () => ({ eventType: "OrderShipped", data: { carrier: "x", extra: 1 } }));
  // @ts-expect-error data.extra
  await appendWithRetry(store, "o", async () => ({ eventType: "OrderShipped", data: { carrier: "x", extra: 1 } }));
  // @ts-expect-error data.extra, through the class of a store
  await appendWithRetry(memory, "o", async () => ({ eventType: "OrderShipped", data: { carrier: "x", extra: 1 } }));
  // @ts-expect-error data.extra, in an array
  await appendWithRetry(store, "o", async () => [{ eventType: "OrderShipped", data: { carrier: "x", extra: 1 } }]);
  // @ts-expect-error a decision has no version
  await appendWithRetry(store, "o", () => ({ eventType: "OrderShipped", data: { carrier: "x" }, version: 1 }));
  const line = { sku: "x", quantity: 1, extra: 1 };
  // @ts-expect-error data.lines.extra
  await appendWithRetry(store, "o", () => ({ eventType: "OrderPlaced", data: { item: "x", lines: [line] } }));
  // @ts-expect-error data.extra, next to a recursive type
  await appendWithRetry(store, "o", () => ({ eventType: "Sorted", data: { root: category, extra: 1 } }));
  // @ts-expect-error data.extra, after an early return
  await appendWithRetry(store, "o", async ({ events }) => {
    if ((await events()).length > 0) return;
    return { eventType: "OrderShipped", data: { carrier: "x", extra: 1 } };
  });
}

/** Optional properties accept undefined, so that callers can pass on optional values. */
export async function optional(signal: AbortSignal | undefined, maxAttempts: number | undefined): Promise<void> {
  const options: RetryOptions = { signal, policy: simple({ maxAttempts }), onRetry: undefined, clock: undefined };
  await appendWithRetry(store, "o", () => undefined, options);
}

/** Generic code that passes decisions on. */
export function bind<E extends Event>(
  to: EventStore<E>,
): { append(actorId: string, decide: Decide<E>, options?: RetryOptions): Promise<AppendResult> } {
  return { append: (actorId, decide, options) => appendWithRetry(to, actorId, decide, options) };
}

export async function throughGenericCode<E extends Event>(to: EventStore<E>, one: EventDraft<E>): Promise<void> {
  const many: readonly EventDraft<E>[] = [one];
  await appendWithRetry(to, "o", () => one);
  await appendWithRetry(to, "o", () => [one, one]);
  await appendWithRetry(to, "o", async () => many);
  await appendWithRetry(to, "o", async ({ events }) => {
    if ((await events()).length > 0) return;
    return one;
  });
  const orders = bind(store);
  await orders.append("o", async () => {
    if (condition) return;
    return { eventType: "OrderShipped", data: { carrier: "x" } };
  });
  // @ts-expect-error data of another type
  await orders.append("o", async () => ({ eventType: "OrderShipped", data: { item: "x" } }));
}

export async function results(): Promise<void> {
  const result = await appendWithRetry(store, "o", () => undefined);
  // @ts-expect-error receipts exist only if saved
  result.receipts;
  if (!result.saved) return;
  const version: number | undefined = result.events.at(-1)?.version;
  // @ts-expect-error receipts may be undefined
  const receipts: readonly SaveReceipt[] = result.receipts;
  const count: number = await retryOnConflict(async ({ attempt }) => attempt);
  const sync: string = await retryOnConflict(() => "x");
  void [version, receipts, count, sync];
}

export function errors(): void {
  if (isAetherError(error, "AETHER_RETRIES_EXHAUSTED")) {
    const code: "AETHER_RETRIES_EXHAUSTED" = error.code;
    const current: number | undefined = error.conflicts.at(-1)?.currentVersion;
    const [attempts, elapsedMs]: number[] = [error.attempts, error.elapsedMs];
    void [code, current, attempts, elapsedMs];
  }
  if (isAetherError(error, "AETHER_THRASHING")) {
    const current: number | undefined = error.conflicts.at(-1)?.currentVersion;
    void current;
  }
  if (isAetherError(error, "AETHER_CIRCUIT_OPEN")) {
    const ms: number = error.retryAfterMs;
    const actorId: string = error.actorId;
    void [ms, actorId];
  }
  if (isAetherError(error, "AETHER_RETRY_QUEUE_FULL")) {
    const counts: number[] = [error.capacity, error.roomTimeoutMs];
    void counts;
  }
  if (isAetherError(error, "AETHER_RETRY_QUEUE_CLOSED")) {
    const actorId: string = error.actorId;
    void actorId;
  }
  // @ts-expect-error no such code
  isAetherError(error, "AETHER_NO_SUCH_CODE");
}

export function policies(state: CircuitState, failed: FailedAttempt): void {
  const custom: RetryPolicy = { name: "custom", onFailure: () => ({ retryAfterMs: 1 }) };
  // @ts-expect-error a wait has a unit
  const unitless: Verdict = { retryAfter: 1 };
  // @ts-expect-error giveUp is true or an error
  const never: Verdict = { giveUp: false };
  // @ts-expect-error an unknown option
  simple({ retries: 3 });
  if (failed.error.code === "AETHER_VERSION_CONFLICT") {
    const current: number = failed.error.currentVersion;
    void current;
  } else {
    const ids: readonly string[] = failed.error.eventIds;
    void ids;
  }
  switch (state.status) {
    case "closed":
      return void state.failures;
    case "open":
      return void state.untilMs;
    case "half-open":
      return void state.probes;
    default: {
      const none: never = state;
      void [none, custom, unitless, never];
    }
  }
}

/** A policy with the errors of a handler, whose type is unknown. */
export function policiesForAnyError(failed: FailedAttempt<unknown>): void {
  for (const policy of [simple(), jitter(), adaptive(), defaultPolicy]) policy.onFailure(failed, Math.random);
  const options: RetryOptions = { policy: jitter() };
  const usual: RetryPolicy = jitter();
  const logging = detailed({ onFailure: ({ error }) => void error.code });
  const any = detailed({ onFailure: ({ error }: FailedAttempt<unknown>) => void error }).onFailure(failed, Math.random);
  // @ts-expect-error the policy reads the code of the error
  logging.onFailure(failed, Math.random);
  // @ts-expect-error a policy for conflicts
  usual.onFailure(failed, Math.random);
  void [options, any];
}

export async function queues(outcome: QueueOutcome<OrderEvent>): Promise<void> {
  const queue = new RetryQueue(store, { onSettled: () => {} });
  await queue.append("o", () => ({ eventType: "OrderShipped", data: { carrier: "x" } }));
  await queue.append("o", outcome.decide);
  for (const { actorId, decide } of await queue.close()) await appendWithRetry(store, actorId, decide);
  // @ts-expect-error data of another type
  await queue.append("o", async () => ({ eventType: "OrderShipped", data: { item: "x" } }));
  // @ts-expect-error data.extra
  await queue.append("o", async () => ({ eventType: "OrderShipped", data: { carrier: "x", extra: 1 } }));
  // @ts-expect-error onSettled is required
  new RetryQueue(store, {});
  // @ts-expect-error only "done" has a result
  outcome.result;
  if (outcome.status === "done" && outcome.result.saved) void outcome.result.events;
  if (outcome.status === "failed") void outcome.error;
}
