import type { Event } from "@aether/core";
import { hostileNames, hostileTexts } from "./hostile-texts.ts";
import { hostileNumbers, hostileTimestamps, versionsOfEverySize } from "./hostile-values.ts";
import { longLists, lookAlikes } from "./look-alikes.ts";

/** Every kind of JSON value, including values and keys that stores often mishandle. */
export const everyJson: object = {
  constants: [true, false, null],
  empty: [{}, [], [[]], [{}], ""],
  mixed: [1, "1", true, "true", null, "null", [1], ["1"], { 1: "1" }],
  // biome-ignore lint/suspicious/noThenProperty: the cases check that it is not mistaken for a promise
  then: "not a promise",
  toJSON: "not a function",
  toString: null,
  constructor: "not a class",
  hasOwnProperty: false,
  length: 3,
  type: "Buffer",
  $ref: "#/a",
  $date: "2024-02-29T12:00:00Z",
  "": "the empty key",
  "a key.with [dots] and \u{1F511}": 1,
};

/** A JSON object that is nested to the given depth. */
export function nested(levels: number): object {
  return levels === 0 ? {} : { in: [nested(levels - 1)] };
}

/** An object that has every text as a key. */
function keyedByTexts(): Readonly<Record<string, string>> {
  return Object.fromEntries(hostileTexts.map((text) => [text, `value of ${text.slice(0, 50)}`]));
}

/** Data that stores often change, one for each kind of value. */
const hostileData: readonly object[] = [
  { numbers: hostileNumbers },
  { texts: hostileTexts },
  keyedByTexts(),
  lookAlikes,
  longLists,
  { everyJson, nested: nested(100), twice: [everyJson, everyJson] },
  {},
];

/** Metadata that stores often change: `undefined` for none. */
const hostileMetadata: readonly (Readonly<Record<string, string>> | undefined)[] = [
  Object.fromEntries(hostileTexts.map((text, index) => [`key ${index}`, text])),
  keyedByTexts(),
  undefined,
  {},
];

/**
 * Creates the events of one actor, ascending by version. Their ids, types, versions, timestamps, data and metadata are
 * such that stores often change them. Reads must return exactly these fields. Each event has at most 64 KiB as JSON.
 */
export function hostileEvents(actorId: string): readonly Event[] {
  const ids = hostileNames(`${actorId}.id`);
  const eventTypes = hostileNames("Tested").toReversed();
  return ids.map((id, index) => {
    const text = hostileTexts[index % hostileTexts.length] ?? "";
    const plain = { text, [`${text} key`.slice(0, 60)]: text };
    const metadata = index < hostileMetadata.length ? hostileMetadata[index] : plain;
    return {
      id,
      eventType: eventTypes[index % eventTypes.length] ?? "",
      actorId,
      version: versionsOfEverySize[index] ?? 0,
      data: hostileData[index - hostileMetadata.length] ?? { text, number: hostileNumbers[index] ?? 0 },
      ...(metadata === undefined ? {} : { metadata }),
      timestamp: hostileTimestamps[index % hostileTimestamps.length] ?? "",
    };
  });
}
