import type { BusCase } from "../suite/bus-case.ts";
import { closing } from "./closing.ts";
import { delivery } from "./delivery.ts";
import { filters } from "./filters.ts";
import { handlers } from "./handlers.ts";
import { immutability } from "./immutability.ts";
import { invalidEvents } from "./invalid-events.ts";
import { namespaces } from "./namespaces.ts";
import { overflow } from "./overflow.ts";
import { patterns } from "./patterns.ts";
import { precedence } from "./precedence.ts";
import { signals } from "./signals.ts";
import { subscriptions } from "./subscriptions.ts";

/**
 * The contract of event buses, case by case.
 *
 * @example
 * ```ts
 * for (const one of busCases) console.log(`${one.group}: ${one.name}`);
 * ```
 */
export const busCases: readonly BusCase[] = [
  ...delivery,
  ...immutability,
  ...invalidEvents,
  ...namespaces,
  ...patterns,
  ...filters,
  ...subscriptions,
  ...handlers,
  ...overflow,
  ...signals,
  ...closing,
  ...precedence,
];
