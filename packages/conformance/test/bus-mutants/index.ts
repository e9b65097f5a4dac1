import { busyBusMutants } from "./busy-buses.ts";
import { closingMutants } from "./closing.ts";
import { contentMutants } from "./contents.ts";
import { deliveryMutants } from "./delivery.ts";
import { endingMutants } from "./endings.ts";
import { exactFilterMutants } from "./exact-filters.ts";
import { filterMutants } from "./filters.ts";
import { handlerMutants } from "./handlers.ts";
import { immutabilityMutants } from "./immutability.ts";
import { invalidEventMutants } from "./invalid-events.ts";
import type { BusMutant } from "./mutant.ts";
import { nameMutants } from "./namespaces-and-patterns.ts";
import { overflowMutants } from "./overflow.ts";
import { signalMutants } from "./signals.ts";
import { subscriptionMutants } from "./subscriptions.ts";

/** All broken buses. */
export const busMutants: readonly BusMutant[] = [
  ...deliveryMutants,
  ...contentMutants,
  ...immutabilityMutants,
  ...invalidEventMutants,
  ...nameMutants,
  ...filterMutants,
  ...exactFilterMutants,
  ...subscriptionMutants,
  ...endingMutants,
  ...busyBusMutants,
  ...handlerMutants,
  ...overflowMutants,
  ...signalMutants,
  ...closingMutants,
];
