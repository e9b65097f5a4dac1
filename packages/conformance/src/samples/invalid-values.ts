/** An invalid value of a document, and the path from the value to the offending part: `""` or `.lines[0]`. */
export interface InvalidValue {
  readonly value: unknown;
  readonly path: string;
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

/** Parts that JSON loses or changes. */
const badParts: readonly unknown[] = [
  ...[() => 1, Symbol("s"), 1n, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ...[new Date(0), new Map([[1, 2]]), new Set([1]), /x/, new Uint8Array(2), new Money(), new Error("x")],
];

const whole = (values: readonly unknown[]): readonly InvalidValue[] => values.map((value) => ({ value, path: "" }));

/** Invalid values, by the guarantee that requires their rejection. */
export const invalidValuesByGuarantee: Readonly<Record<string, readonly InvalidValue[]>> = {
  "a value that is not an object is rejected": whole([undefined, null, [], [{}], "text", 7, true, 1n, () => 1]),
  "a value that is not a plain object is rejected": whole([
    ...[new Date(0), new Map(), new Set(), new Uint8Array(2), new Money(), Object.create({ inherited: 1 })],
  ]),
  "a value with a part that JSON cannot represent is rejected": badParts.flatMap((part) => [
    { value: { price: part }, path: ".price" },
    { value: { lines: [1, { price: part }] }, path: ".lines[1].price" },
    { value: { lines: [[0, part]] }, path: ".lines[0][1]" },
  ]),
  "a value of which JSON would lose a part is rejected": [
    { value: { list: [1, undefined] }, path: ".list[1]" },
    // biome-ignore lint/suspicious/noSparseArray: the case needs an array with a hole
    { value: { list: [1, , 3] }, path: ".list[1]" },
    { value: { part: { [Symbol("key")]: 1 } }, path: ".part" },
    { value: { list: Object.assign([1], { total: 1 }) }, path: ".list.total" },
    { value: { list: new Lines() }, path: ".list" },
  ],
  "a cycle in a value is rejected": [
    { value: cycle(), path: ".again" },
    { value: { part: cycle() }, path: ".part.again" },
    { value: cycleThroughArray(), path: ".list[1].list" },
  ],
};
