/**
 * Tests of the contract's types. The test is that this file compiles: a `@ts-expect-error` comment without a compile
 * error below it is an error itself.
 */
import {
  AetherError,
  type AtomicDocumentStore,
  type BatchEventStore,
  type DataOf,
  type DocumentStore,
  type Event,
  type EventBroadcaster,
  type EventDraft,
  type EventOfType,
  type EventStore,
  type EventStored,
  type EventsOf,
  isAetherError,
  isVersionConflictError,
  type JsonShape,
  type NewEvent,
  type Position,
  type Revision,
  supports,
  type WatchingDocumentStore,
} from "../src/index.ts";

interface Placed {
  sku: string;
  quantity: number;
  note?: string;
}
type OrderEvent = EventsOf<{ OrderPlaced: Placed; OrderShipped: { carrier: string; lines: string[] } }>;

declare const store: EventStore<OrderEvent>;
declare const wide: EventStore;
declare const bus: EventBroadcaster<OrderEvent | EventStored<OrderEvent>>;
declare const error: unknown;
declare const condition: boolean;

export async function saving(): Promise<void> {
  await store.saveEvent({ eventType: "OrderPlaced", actorId: "o", version: 1, data: { sku: "x", quantity: 1 } });
  const lines = ["mutable"];
  await store.saveEvent({ eventType: "OrderShipped", actorId: "o", version: 1, data: { carrier: "x", lines } });
  // @ts-expect-error data of another type
  await store.saveEvent({ eventType: "OrderPlaced", actorId: "o", version: 1, data: { carrier: "x", lines: [] } });
  // @ts-expect-error a type that the application does not have
  await store.saveEvent({ eventType: "OrderLost", actorId: "o", version: 1, data: {} });
  const place = { eventType: "OrderPlaced", actorId: "o", version: 1 } as const;
  // @ts-expect-error an excess property
  await store.saveEvent({ ...place, data: { sku: "x", quantity: 1, more: 1 } });
  // @ts-expect-error metadata is string to string
  await store.saveEvent({ ...place, data: { sku: "x", quantity: 1 }, metadata: { n: 1 } });
  // A store without declared events accepts any event, and returns data of unknown shape.
  await wide.saveEvent({ eventType: "Anything", actorId: "o", version: 1, data: { a: 1 } });
  const [event] = await wide.getEvents("o");
  // @ts-expect-error data of an undeclared event has no known properties
  event?.data.a;
}

export async function reading(): Promise<void> {
  for (const event of await store.getEvents("o")) {
    switch (event.eventType) {
      case "OrderPlaced": {
        const quantity: number = event.data.quantity;
        const note: string | undefined = event.data.note;
        void [quantity, note];
        break;
      }
      case "OrderShipped": {
        const carrier: string = event.data.carrier;
        // @ts-expect-error events are immutable at every depth
        event.data.lines.push("x");
        void carrier;
        break;
      }
      default: {
        const never: never = event;
        void never;
      }
    }
    // @ts-expect-error events are immutable
    event.version = 2;
  }
  const total: number = (await store.getEvents("o")).reduce(count, 0);
  void total;
}

function count(sum: number, event: OrderEvent): number {
  return event.eventType === "OrderPlaced" ? sum + event.data.quantity : sum;
}

export function variance(): void {
  const widened: EventStore = store;
  // @ts-expect-error a store of any events is not a store of these events
  const narrowed: EventStore<OrderEvent> = wide;
  const claimed = wide as EventStore<OrderEvent>;
  void [widened, narrowed, claimed];
}

export async function capabilities(): Promise<void> {
  // @ts-expect-error only after `supports` was called
  await store.saveEvents([]);
  if (supports(store, "batch")) {
    await store.saveEvents([
      { eventType: "OrderPlaced", actorId: "o", version: 1, data: { sku: "x", quantity: 1 } },
      { eventType: "OrderShipped", actorId: "o", version: 2, data: { carrier: "x", lines: [] } },
    ]);
    // @ts-expect-error the data of another type, in a batch
    await store.saveEvents([{ eventType: "OrderShipped", actorId: "o", version: 1, data: { sku: "x", quantity: 1 } }]);
    const batch: BatchEventStore<OrderEvent> = store;
    void batch;
    if (supports(store, "streaming")) {
      for await (const event of store.readEvents("o", { direction: "backward" })) {
        const type: "OrderPlaced" | "OrderShipped" = event.eventType;
        void type;
      }
    }
  }
  // @ts-expect-error no such capability
  supports(store, "teleport");
}

type Lines = { lines: { sku: string; tags: readonly string[]; pair: [string, number] }[] };
interface Tree {
  children: Tree[];
  parent?: Tree | null;
}
type JsonEvent = EventsOf<{
  Whole: Lines;
  Recursive: Tree;
  Loose: Record<string, unknown>;
  Undeclared: { value: unknown };
  Empty: Record<never, never>;
  OneOf: { kind: "text"; lines: number[] } | { kind: "binary" };
}>;
type Only<Data extends object> = { A: Data };
// @ts-expect-error a date
type WithDate = EventsOf<Only<{ at: Date }>>;
// @ts-expect-error an optional date
type WithOptionalDate = EventsOf<Only<{ at?: Date }>>;
// @ts-expect-error a date or null
type WithNullableDate = EventsOf<Only<{ at: Date | null }>>;
// @ts-expect-error a BigInt, at any depth
type WithDeepBigInt = EventsOf<Only<{ deep: { big: bigint }[] }>>;
// @ts-expect-error a set
type WithSet = EventsOf<Only<{ set: Set<string> }>>;
// @ts-expect-error a function
type WithFunction = EventsOf<Only<{ call: () => void }>>;
// @ts-expect-error an array instead of an object
type WithArray = EventsOf<Only<string[]>>;
// @ts-expect-error a primitive value
type WithText = EventsOf<{ A: string }>;
export type Declared =
  | JsonEvent
  | WithDate
  | WithOptionalDate
  | WithNullableDate
  | WithDeepBigInt
  | WithSet
  | WithFunction
  | WithArray
  | WithText;

export function json(oneOf: DataOf<JsonEvent, "OneOf">): void {
  if (oneOf.kind === "text") void oneOf.lines.length;
  // @ts-expect-error events are immutable
  oneOf.kind = "binary";
  const why: JsonShape<{ at: Date }>["at"]["__notJson"] = "Date: use an ISO 8601 string";
  const big: JsonShape<{ list: bigint[] }>["list"][number]["__notJson"] = "BigInt: use a string";
  void [why, big];
}

export function newEvents(event: NewEvent<OrderEvent>, carrier: DataOf<OrderEvent, "OrderShipped">["carrier"]): void {
  if (event.eventType === "OrderShipped") carrier = event.data.carrier;
  else void event.data.sku;
  const copy = async <E extends Event>(to: EventStore<E>, each: NewEvent<E>): Promise<unknown> => to.saveEvent(each);
  const [id, metadata] = condition ? ["id", { userId: "ann" }] : [undefined, undefined];
  const data = { carrier, lines: [] };
  void copy(store, { eventType: "OrderShipped", actorId: "o", version: 1, data, id, metadata });
  // @ts-expect-error the type parameter is inferred from the store, not from the event
  void copy(store, { eventType: "OrderLost", actorId: "o", version: 1, data: {} });
}

export function drafts(): void {
  type Decision = EventDraft<OrderEvent> | readonly EventDraft<OrderEvent>[] | undefined;
  const decide = (decision: () => Decision | Promise<Decision>): void => void decision;
  decide(() => ({ eventType: "OrderPlaced", data: { sku: "x", quantity: 1 } }));
  decide(async () => (condition ? { eventType: "OrderPlaced", data: { sku: "x", quantity: 1 } } : undefined));
  decide(async () => {
    if (condition) return;
    return { eventType: "OrderShipped", data: { carrier: "x", lines: [] } };
  });
  decide(async () => [{ eventType: "OrderPlaced", data: { sku: "x", quantity: 1 } }]);
  // @ts-expect-error the data of another type
  decide(async () => ({ eventType: "OrderShipped", data: { sku: "x", quantity: 1 } }));
  // @ts-expect-error an excess property
  const draft: EventDraft<OrderEvent> = { eventType: "OrderPlaced", data: { sku: "x", quantity: 1, more: 1 } };
  void draft;
}

export async function generic<E extends Event, State>(
  any: EventStore<E>,
  fold: (state: State, event: E) => State,
  initial: State,
): Promise<State> {
  const events = await any.getEvents("o");
  const [first] = events;
  if (first !== undefined) await any.saveEvent(first);
  return events.reduce(fold, initial);
}

export async function buses(): Promise<void> {
  for await (const event of bus.subscribe("a.>", { eventTypes: ["OrderPlaced"] })) {
    const quantity: number = event.data.quantity;
    void quantity;
  }
  for await (const event of bus.subscribe("a.>", { eventTypes: ["EventStored", "OrderShipped"] })) {
    if (event.eventType === "EventStored") {
      const stored: OrderEvent["eventType"] = event.data.eventType;
      void stored;
    } else void event.data.carrier;
  }
  const handled = bus.subscribe("a.>", (event) => void event.data.sku, {
    eventTypes: ["OrderPlaced"],
    onError: (_error, event) => void event.data.sku,
  });
  // @ts-expect-error a subscription with a handler has no loop
  for await (const event of handled) void event;
  // @ts-expect-error no such event type
  bus.subscribe("a.>", { eventTypes: ["OrderLost"] });
}

export function errors(): void {
  if (isVersionConflictError(error)) {
    const current: number = error.currentVersion;
    const code: "AETHER_VERSION_CONFLICT" = error.code;
    void [current, code];
  }
  if (isAetherError(error, "AETHER_INVALID_EVENT")) void error.path.length;
  // @ts-expect-error no such code
  isAetherError(error, "AETHER_NOTHING");
}

class FullError extends AetherError {
  override readonly name: string = "FullError";
  readonly code = "TEST_FULL" as const;
  readonly bytes: number = 1;
}
declare module "../src/index.ts" {
  interface ErrorsByCode {
    TEST_FULL: FullError;
  }
}
export function augmented(): void {
  if (isAetherError(error, "TEST_FULL")) void error.bytes.toFixed();
}

export function positions(a: Position, b: Position): boolean {
  // @ts-expect-error a string is not a position
  const made: Position = "1";
  void made;
  return a < b;
}

export function narrowing(event: EventOfType<OrderEvent, "OrderPlaced">): number {
  return event.data.quantity;
}

interface Cart {
  items: { sku: string }[];
  note?: string;
}

export async function documents(documents: DocumentStore): Promise<void> {
  const cart = await documents.getDocument<Cart>("carts", "c");
  // @ts-expect-error the document may not exist
  void cart.value;
  if (cart === undefined) return;
  const note: string | undefined = cart.value.note;
  // @ts-expect-error values are immutable at every depth
  cart.value.items.push({ sku: "x" });
  const revision: Revision = await documents.putDocument<Cart>("carts", "c", { items: [], note: note ?? "" });
  // @ts-expect-error a value of another type
  await documents.putDocument<Cart>("carts", "c", { items: [5] });
  // @ts-expect-error a primitive value
  await documents.putDocument("carts", "c", 5);
  // A value of an interface that was read can be written again.
  await documents.putDocument("carts", "c", cart.value, { expectedRevision: cart.revision });
  await documents.deleteDocument("carts", "c", { expectedRevision: condition ? revision : "absent" });
  // @ts-expect-error a string is not a revision
  await documents.deleteDocument("carts", "c", { expectedRevision: "1" });
  for await (const { value } of documents.listDocuments<Cart>("carts", { idPrefix: "c" })) void value.items.length;
  // @ts-expect-error only after `supports` was called
  await documents.writeDocuments([]);
  if (supports(documents, "atomic")) {
    const atomic: AtomicDocumentStore = documents;
    const revisions: readonly (Revision | undefined)[] = await atomic.writeDocuments([
      { type: "put", collection: "carts", id: "c", value: { items: [] }, expectedRevision: revision },
      { type: "delete", collection: "carts", id: "d" },
    ]);
    // @ts-expect-error a deletion has no value
    await documents.writeDocuments([{ type: "delete", collection: "carts", id: "c", value: {} }]);
    void revisions;
    if (supports(documents, "watch")) {
      const watching: WatchingDocumentStore = documents;
      for await (const change of watching.watchDocuments<Cart>("carts")) {
        if (change.type === "put") void change.document.value.items.length;
        else if (change.type === "delete") void change.id.length;
        else {
          const current: "current" = change.type;
          void current;
        }
      }
    }
  }
  // @ts-expect-error a capability of event stores
  supports(documents, "batch");
  // @ts-expect-error a capability of document stores
  supports(store, "atomic");
  // @ts-expect-error a string is not a revision
  const made: Revision = "1";
  void made;
}

declare const checkpoints: DocumentStore;

// Positions and revisions keep their types in stored documents and in event data.
export const storedPosition: Promise<Position | undefined> = checkpoints
  .getDocument<{ position: Position; revisions: Revision[] }>("checkpoints", "mails")
  .then((document) => document?.value.position);
export const positionOfData = (event: EventsOf<{ Moved: { position: Position } }>): Position => event.data.position;
