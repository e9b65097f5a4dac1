/** Texts that libraries for JSON, YAML, SQL or spreadsheets often take for something other than text. */
const texts: readonly string[] = [
  ...["2024-02-29T12:00:00.000Z", "2024-02-29T12:00:00.123+00:00", "/Date(1709208000000)/", "12:30", "P1D"],
  ...["123n", "1_000", "1e400", "Infinity", "-Infinity", "+1", ".5", "1.0", "0b1", "0o7", "١٢"],
  ...["yes", "No", "on", "OFF", "y", "~", "null", "=A1", "+A1", "-A1", "@A1", "'A1"],
  ...["$\u007ba}", "{{a}}", "#{a}", "%s", ":a", "@p1", "?1", "$1", "\\x41", "\\N", "aGVsbG8=", "data:;base64,aGk="],
];

/** Objects that serializers often take for a value of another type, or for a record of their own. */
const objects: readonly object[] = [
  { type: "Buffer", data: [1, 2] },
  ...[{ $numberLong: "7" }, { $numberDouble: "7" }, { $numberDecimal: "7" }, { $oid: "65e0c0ffee65e0c0ffee65e0" }],
  ...[{ $date: "2024-02-29T12:00:00.000Z" }, { $binary: { base64: "aGk=", subType: "00" } }, { $undefined: true }],
  ...[{ S: "text" }, { N: "7" }, { BOOL: true }, { NULL: true }, { M: {} }, { L: [] }, { SS: ["a"] }],
  ...[{ stringValue: "text" }, { integerValue: "7" }, { json: { a: 1 }, meta: { values: {} } }, { v: 1, d: {} }],
  ...[
    { "@type": "Money", amount: 7 },
    { $type: "Money", amount: 7 },
    { "@class": "Money" },
    { __type: "Date", iso: "a" },
  ],
  ...[
    { "#text": "a" },
    { _: "a", $: { b: "c" } },
    { $set: { a: 1 } },
    { _id: 7 },
    { $values: [1] },
    { $id: "1", $ref: "1" },
  ],
];

/** Shapes that document stores often change: empty parts, single items, numbers as keys, dots in keys. */
const shapes: readonly object[] = [
  ...[{ 0: "a", 1: "b" }, { 1: "b", 2: "c" }, { 0: "a", length: 1 }, { list: [] }, { part: {} }, { nothing: null }],
  ...[[{ n: 1 }], [[1]], [null], [[], {}], [null, 0, "", false], { a: [{ b: [] }] }],
  ...[
    { "a.b": { "c.d": 1 }, a: { b: 2 } },
    { $a: 1 },
    { "a[0]": 1, "a[]": 2 },
    { A: 1, a: 2 },
    { " a": 1, a: 2, "a ": 3 },
  ],
];

/** Data whose parts libraries often convert, unwrap or leave out, although JSON represents them. */
export const lookAlikes: object = {
  texts,
  objects,
  shapes,
  byText: Object.fromEntries(texts.map((text) => [text, text])),
};

/** Data with more items and more keys than some databases keep. */
export const longLists: object = {
  items: Array.from({ length: 1_001 }, (_, index) => index),
  keys: Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`key ${index}`, index])),
};
