import { closing } from "./contract/closing.ts";
import { delivery } from "./contract/delivery.ts";
import { filters } from "./contract/filters.ts";
import { handlers } from "./contract/handlers.ts";
import { overflow } from "./contract/overflow.ts";
import { patterns } from "./contract/patterns.ts";
import { publishing } from "./contract/publishing.ts";
import { subscriptions } from "./contract/subscriptions.ts";

/** The contract of event buses, as data: whatever runs a case with a stage finds out whether the bus keeps the promise. */
export const busCases = [
  ...publishing,
  ...patterns,
  ...delivery,
  ...filters,
  ...subscriptions,
  ...handlers,
  ...overflow,
  ...closing,
] as const;
