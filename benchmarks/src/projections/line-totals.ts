import type { EventsOf, NewEvent } from "@aether/core";
import { defineProjection, type Projection } from "@aether/projections";
import { sampleEvent } from "../sample-event.ts";

export type LineEvent = EventsOf<{
  OrderLineAdded: { readonly sku: string; readonly quantity: number; readonly price: number; readonly note: string };
}>;

/** The document of an order. */
export interface LineTotal {
  readonly lines: number;
  readonly total: number;
}

/** A sample event, with its type. */
export const lineAdded = (actorId: string, version: number): NewEvent<LineEvent> =>
  sampleEvent(actorId, version) as unknown as NewEvent<LineEvent>;

/** Returns the document after an event. Baselines use the same function. */
export function withLine(document: LineTotal | undefined, { data }: Pick<LineEvent, "data">): LineTotal {
  return { lines: (document?.lines ?? 0) + 1, total: (document?.total ?? 0) + data.quantity * data.price };
}

let names = 0;

/** Returns a projection with a new name. Each document is an order. */
export function lineTotals(): Projection<LineEvent, LineTotal> {
  return defineProjection<LineEvent, LineTotal>({
    name: `line-totals-${++names}`,
    version: 1,
    evolve: { OrderLineAdded: withLine },
  });
}
