export type { ReadRange } from "./arguments.ts";
export { checkActorId, checkCount, prepareSnapshot, readRange } from "./arguments.ts";
export { decodeEvent } from "./decode.ts";
export { detachJson, freezeJson, MAX_JSON_DEPTH, MAX_JSON_VALUES } from "./json.ts";
export type { EventDefaults } from "./prepare.ts";
export { prepareEvent, prepareEvents } from "./prepare.ts";
export type { Refuse } from "./refusal.ts";
export { isTimestamp } from "./timestamp.ts";
