import { event } from "./events.ts";

/** An invalid event, and the path to the offending value. */
export interface InvalidEvent {
  readonly given: unknown;
  readonly path: string;
}

/** Events that are valid except for one field. */
function withBad(field: string, values: readonly unknown[], path: string = field): readonly InvalidEvent[] {
  return values.map((value) => ({ given: { ...event("a", 1), [field]: value }, path }));
}

/** Events that are valid except for one value in their data. */
function withBadData(value: unknown): readonly InvalidEvent[] {
  return [
    { given: event("a", 1, { data: { price: value } }), path: "data.price" },
    { given: event("a", 1, { data: { lines: [1, 2, 3, { price: value }] } }), path: "data.lines[3].price" },
    { given: event("a", 1, { data: { lines: [[0, value]] } }), path: "data.lines[0][1]" },
  ];
}

class Money {
  readonly amount = 1;
}

class Lines extends Array {}

function cycle(): object {
  const part: { list: unknown[]; again?: object } = { list: [] };
  part.again = part;
  return part;
}

function cycleThroughArray(): object {
  const list: unknown[] = [1];
  list.push({ list });
  return { list };
}

const noText = [undefined, null, 7, {}, []];
const loneSurrogates = ["\ud800", "a\udfffb", "\udc00\ud800"];

const badData = [
  ...[() => 1, Symbol("s"), 1n, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ...[new Date(0), new Map([[1, 2]]), new Set([1]), /x/, new Uint8Array(2), new Money(), new Error("x")],
];

/** Invalid events, grouped by the guarantee that requires their rejection. */
export const invalidEventsByGuarantee: Readonly<Record<string, readonly InvalidEvent[]>> = {
  "a value that is not an object is rejected": [undefined, null, "text", 7, true].map((given) => ({ given, path: "" })),
  "an actor id that is empty, not a string or ill-formed is rejected": withBad("actorId", [
    "",
    ...noText,
    ...loneSurrogates,
  ]),
  "an event type that is empty, not a string or ill-formed is rejected": withBad("eventType", [
    "",
    ...noText,
    ...loneSurrogates,
  ]),
  "a version that is not a safe integer of at least 1 is rejected": withBad("version", [
    ...[0, -0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MIN_VALUE],
    ...[2 ** 53, 1e300, "1", 1n, undefined, null, [1]],
  ]),
  "an id that is empty, not a string or ill-formed is rejected": withBad("id", [
    "",
    null,
    7,
    {},
    true,
    ...loneSurrogates,
  ]),
  "a timestamp that is not an RFC 3339 date-time is rejected": withBad("timestamp", [
    ...["", "yesterday", "2024-01-01", "2024-01-01T12:00:00", "2024-01-01 12:00", "Mon, 01 Jan 2024 12:00:00 GMT"],
    ...["2024-13-01T12:00:00Z", "2024-02-30T12:00:00Z", "2023-02-29T12:00:00Z", "2024-01-01T25:00:00Z"],
    ...["2024-01-01T12:60:00Z", "2024-01-01T12:00:00+24:00", "2024-1-1T12:00:00Z", "2024-01-01T12:00:00Z\n"],
    ...["2024-01-01T24:00:00Z", "2024-01-01T12:00:61Z", "2024-01-01T12:00:00.Z", "2024-01-01T12:00:00,5Z"],
    ...["2024-01-01T12:00:00+0100", "2024-01-01T12:00:00+01", "2024-01-01T12:00:00+01:60", "2024-01-01 12:00:00Z"],
    ...["1900-02-29T12:00:00Z", "2024-04-31T12:00:00Z", "2024-00-01T12:00:00Z", "2024-01-00T12:00:00Z"],
    ...[
      "+002024-01-01T12:00:00Z",
      "-2024-01-01T12:00:00Z",
      "2024-01-01T12:00Z",
      "2024-01-01T12:00:00",
      " 2024-01-01T12:00:00Z",
    ],
    ...[
      "2024-01-01T12:00:00Z[UTC]",
      "2024-W01-1T12:00:00Z",
      "2024-001T12:00:00Z",
      "20240101T120000Z",
      "\u0662024-01-01T12:00:00Z",
    ],
    ...[1_704_110_400_000, new Date(0), {}],
  ]),
  "data that is not an object is rejected": withBad("data", [undefined, null, [], [1], "text", 7, true, () => 1]),
  "data that JSON cannot represent is rejected": badData.flatMap(withBadData),
  "data that is not a plain object is rejected": withBad("data", [new Date(0), new Map(), new Money()]),
  "undefined in an array is rejected": [
    { given: event("a", 1, { data: { list: [1, undefined] } }), path: "data.list[1]" },
    // biome-ignore lint/suspicious/noSparseArray: the case needs an array with a hole
    { given: event("a", 1, { data: { list: [1, , 3] } }), path: "data.list[1]" },
  ],
  "data of which JSON would lose a part is rejected": [
    { given: event("a", 1, { data: { part: Object.create({ inherited: 1 }) as object } }), path: "data.part" },
    { given: event("a", 1, { data: { part: { [Symbol("key")]: 1 } } }), path: "data.part" },
    { given: event("a", 1, { data: { list: Object.assign([1], { [Symbol("key")]: 1 }) } }), path: "data.list" },
    { given: event("a", 1, { data: { list: Object.assign([1], { total: 1 }) } }), path: "data.list.total" },
    { given: event("a", 1, { data: { list: Object.assign([1], { toJSON: () => 1 }) } }), path: "data.list.toJSON" },
    { given: event("a", 1, { data: { list: new Lines() } }), path: "data.list" },
  ],
  "a cycle in data is rejected": [
    { given: event("a", 1, { data: cycle() }), path: "data.again" },
    { given: event("a", 1, { data: { part: cycle() } }), path: "data.part.again" },
    { given: event("a", 1, { data: cycleThroughArray() }), path: "data.list[1].list" },
  ],
  "metadata that is not an object of strings is rejected": [
    ...withBad("metadata", [null, "text", 7, [], ["text"], new Map([["a", "b"]])]),
    ...[7, null, true, {}, ["text"], new Date(0), 1n].map((n) => ({
      given: { ...event("a", 1), metadata: { traceId: "t", n } },
      path: "metadata.n",
    })),
  ],
};
