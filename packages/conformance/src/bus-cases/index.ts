import type { BusCase } from "../suite/bus-case.ts";
import { busyBuses } from "./busy-buses.ts";
import { closing } from "./closing.ts";
import { contents } from "./contents.ts";
import { delivery } from "./delivery.ts";
import { endings } from "./endings.ts";
import { errorOrder } from "./error-order.ts";
import { exactFilters } from "./exact-filters.ts";
import { filters } from "./filters.ts";
import { handlers } from "./handlers.ts";
import { immutability } from "./immutability.ts";
import { invalidEvents } from "./invalid-events.ts";
import { namespaces } from "./namespaces.ts";
import { overflow } from "./overflow.ts";
import { patterns } from "./patterns.ts";
import { room } from "./room.ts";
import { signals } from "./signals.ts";
import { subscriptions } from "./subscriptions.ts";

/**
 * All cases of the contract of event buses, in the order in which they run.
 *
 * @example
 * ```ts
 * for (const { group, name } of busCases) console.log(`${group}: ${name}`);
 * ```
 */
export const busCases: readonly BusCase[] = [
  ...delivery,
  ...contents,
  ...immutability,
  ...invalidEvents,
  ...namespaces,
  ...patterns,
  ...filters,
  ...exactFilters,
  ...subscriptions,
  ...endings,
  ...busyBuses,
  ...handlers,
  ...overflow,
  ...room,
  ...signals,
  ...closing,
  ...errorOrder,
];
