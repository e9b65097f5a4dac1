import { describe, expect, test } from "vitest";
import { openInCompiler, openInLanguageService } from "./support/editor.ts";

const preamble = `
import { type EventStore, type EventsOf, isAetherError } from "@aether/core";
import { type CommandsOf, commandHandler, defineDecider, type DecideMap, type EvolveMap } from "@aether/decider";
import { EventProcessor } from "@aether/processor";
import { defineProjection } from "@aether/projections";
import { appendWithRetry } from "@aether/retry";
import type { JetStreamEventStore } from "@aether/store-jetstream";
import type { MemoryEventStore } from "@aether/store-memory";
import type { SqliteEventStore } from "@aether/store-sqlite";
type OrderEvent = EventsOf<{
  OrderPlaced: { customer: string; lines: { sku: string; quantity: number }[] };
  OrderShipped: { carrier: string };
  OrderCancelled: { reason?: string };
}>;
type OrderCommand = CommandsOf<{ ShipOrder: { carrier: string }; CancelOrder: object }>;
type Order = { shipped: boolean };
declare const store: EventStore<OrderEvent>;
declare const memory: MemoryEventStore<OrderEvent>;
declare const sqlite: SqliteEventStore<OrderEvent>;
declare const jetStream: JetStreamEventStore<OrderEvent>;
declare const error: unknown;
declare const decide: DecideMap<OrderEvent, OrderCommand, Order>;
declare const evolve: EvolveMap<OrderEvent, Order>;
const initialState: Order = { shipped: false };
const shipped = { actorId: "order-1", version: 2, eventType: "OrderShipped" } as const;
const base = { name: "orders", version: 1 } as const;
`;

const saveTypo = (name: string): string => `void ${name}.saveEvent({ ...shipped, data: { carier: "DHL" } });`;
const inDecide = (draft: string): string => `void appendWithRetry(store, "order-1", async () => (${draft}));`;
const misspelled =
  "Object literal may only specify known properties, but 'carier' does not exist in type " +
  "'{ readonly carrier: string; }'. Did you mean to write 'carrier'?";
const invalid = (reason: string): string => `InvalidDecision<"${reason}">`;

/** Code with a mistake, and a part of the first line of the error. */
const mistakes: Readonly<Record<string, readonly [code: string, message: string]>> = {
  "date-in-data": [
    "type E = EventsOf<{ A: { at: Date } }>;",
    '{ A: { at: NotJson<"Date: use an ISO 8601 string">; }; }',
  ],
  "optional-date": [
    "type E = EventsOf<{ A: { at?: Date | null } }>;",
    'at?: NotJson<"Date: use an ISO 8601 string"> | null',
  ],
  "bigint-in-data": ["type E = EventsOf<{ A: { n: bigint } }>;", 'NotJson<"BigInt: use a string">'],
  "map-in-data": ["type E = EventsOf<{ A: { m: Map<string, string> } }>;", 'NotJson<"JSON cannot represent this">'],
  "field-of-an-event": [saveTypo("store"), misspelled],
  "field-of-an-event-in-memory": [saveTypo("memory"), misspelled],
  "field-of-an-event-in-sqlite": [saveTypo("sqlite"), misspelled],
  "field-of-an-event-on-jetstream": [saveTypo("jetStream"), misspelled],
  "field-in-a-batch": ['void memory.saveEvents([{ ...shipped, data: { carier: "DHL" } }]);', misspelled],
  "nested-field": [
    `void store.saveEvent({ ...shipped, eventType: "OrderPlaced",
      data: { customer: "x", lines: [{ sku: 7, quantity: 1 }] } });`,
    "Type 'number' is not assignable to type 'string'.",
  ],
  "event-type": [
    'void store.saveEvent({ ...shipped, eventType: "OrderShiped", data: { carrier: "DHL" } });',
    "Did you mean '\"OrderShipped\"'?",
  ],
  "error-code": [
    'isAetherError(error, "AETHER_VERSION_CONFLCT");',
    "is not assignable to parameter of type '\"AETHER_VERSION_CONFLICT\"'.",
  ],
  "first-word-of-an-error-code": ['isAetherError(error, "AETHER_RETRYS_EXHAUSTED");', '"AETHER_RETRIES_EXHAUSTED"'],
  "prefix-of-an-error-code": ['isAetherError(error, "STORE_FULL");', "AETHER_STORE_FULL"],
  "unknown-error-code": ['isAetherError(error, "ENOENT");', "'keyof ErrorsByCode'"],
  "field-in-decide": [
    inDecide('{ eventType: "OrderShipped", data: { carier: "DHL" } }'),
    '"data.carier is not declared"',
  ],
  "missing-field-in-decide": [inDecide('{ eventType: "OrderShipped", data: {} }'), invalid("data.carrier is missing")],
  "excess-field-in-decide": [
    inDecide('{ eventType: "OrderShipped", data: { carrier: "DHL", colour: "red" } }'),
    invalid("data.colour is not declared"),
  ],
  "type-of-a-field-in-decide": [
    inDecide('[{ eventType: "OrderShipped", data: { carrier: 7 } }]'),
    invalid("data.carrier has the wrong type"),
  ],
  "event-type-in-decide": [
    inDecide('{ eventType: "OrderShiped", data: { carrier: "DHL" } }'),
    invalid("eventType OrderShiped is not declared"),
  ],
  "field-in-a-decision-with-a-result": [
    inDecide('{ events: { eventType: "OrderShipped", data: {} }, result: 7 }'),
    invalid("data.carrier is missing"),
  ],
  "field-in-the-body-of-decide": [
    `void appendWithRetry(store, "order-1", async ({ events }) => {
      if ((await events()).length === 0) return;
      return { eventType: "OrderShipped", data: { carrier: 7 } };
    });`,
    invalid("data.carrier has the wrong type"),
  ],
  "event-in-a-variable": [
    `const event = { eventType: "OrderShipped", data: { carrier: "DHL" } };${inDecide("event")}`,
    invalid("eventType is any string: add `satisfies EventDraft` to the object"),
  ],
  "no-decision": [inDecide("7"), invalid("must return an event, an array of events, or undefined")],
  "field-in-a-decider": [
    `defineDecider<OrderEvent, OrderCommand, Order>({ initialState, evolve, decide: { ...decide,
      ShipOrder: (_, __, { event }) => event("OrderShipped", { carier: "DHL" }) } });`,
    misspelled,
  ],
  "event-type-in-a-decider": [
    `defineDecider<OrderEvent, OrderCommand, Order>({ initialState, evolve, decide: { ...decide,
      ShipOrder: (_, __, { event }) => event("OrderShiped", { carrier: "DHL" }) } });`,
    "Argument of type '\"OrderShiped\"' is not assignable to parameter of type '\"Order",
  ],
  "event-type-that-a-decider-evolves": [
    `defineDecider<OrderEvent, OrderCommand, Order>({ initialState, decide,
      evolve: { ...evolve, OrderShiped: () => ({ shipped: true }) } });`,
    "'OrderShiped' does not exist in type 'EvolveMap<OrderEvent, Order>'. Did you mean to write 'OrderShipped'?",
  ],
  "command-of-a-decider": [
    `defineDecider<OrderEvent, OrderCommand, Order>({ initialState, evolve,
      decide: { ...decide, ShippOrder: () => undefined } });`,
    "'ShippOrder' does not exist in type 'DecideMap<OrderEvent, OrderCommand, Order>'. Did you mean to write 'Ship",
  ],
  "field-of-a-command": [
    `void commandHandler(store, defineDecider<OrderEvent, OrderCommand, Order>({ initialState, evolve, decide }))
      .handle("order-1", { type: "ShipOrder", carier: "DHL" });`,
    "Did you mean to write 'carrier'?",
  ],
  "event-type-of-a-projection": [
    "defineProjection<OrderEvent, Order>({ ...base, evolve: { OrderShiped: () => ({ shipped: true }) } });",
    "'OrderShiped' does not exist in type 'EvolveDocument<OrderEvent, Order>'. Did you mean to write 'OrderShipped'?",
  ],
  "field-in-a-projection": [
    `defineProjection<OrderEvent, Order>({ ...base,
      evolve: { OrderShipped: (_, { data }) => ({ shipped: data.carier !== "" }) } });`,
    "Property 'carier' does not exist on type '{ readonly carrier: string; }'. Did you mean 'carrier'?",
  ],
};

const snippets = {
  ...Object.fromEntries(Object.entries(mistakes).map(([name, [code]]) => [name, `${code}\nexport {};\n`])),
  hovers:
    "void [store.saveEvent, memory.saveEvent, sqlite.saveEvent, jetStream.saveEvent, memory.saveEvents];\nexport {};\n",
  codes: 'isAetherError(error, "<here>");\nexport {};\n',
};
const service = openInLanguageService(preamble, snippets);

describe.each([service, openInCompiler(preamble, snippets)])("an error of $name", ({ firstError }) => {
  test.each(Object.entries(mistakes))("names the cause in its first line: %s", (snippet, [, message]) => {
    const [firstLine] = firstError(snippet).split("\n");
    expect(firstLine).toContain(message);
  });
});

test.each(["store.", "memory.", "sqlite.", "jetStream."])(
  "a hover over %ssaveEvent names the event types",
  (variable) => {
    const shown = service.hover("hovers", `${variable}saveEvent`);
    expect(service.firstError("hovers")).toBe("");
    expect(shown).toContain("OrderEvent");
  },
);

test("codes of errors are suggested", () => {
  expect(service.completions("codes")).toEqual(
    expect.arrayContaining(["AETHER_VERSION_CONFLICT", "AETHER_STORE_FULL", "AETHER_UNKNOWN_COMMAND"]),
  );
});
