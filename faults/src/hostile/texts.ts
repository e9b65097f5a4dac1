import fc from "fast-check";

/** Texts with a special meaning to some part of the system: NATS, a parser, a terminal, or JavaScript itself. */
const fragments: readonly string[] = [
  "\u0000",
  "\r\n",
  "\r\nPUB x 0\r\n\r\n",
  "\n",
  "\t",
  " ",
  "*",
  ">",
  ".",
  "..",
  "a.b",
  "a_b",
  "a b",
  "-",
  "--",
  "order-1",
  "order-",
  "-1",
  "~",
  "=",
  "=2E",
  "%2E",
  "%s%n",
  "$JS.API.STREAM.DELETE.x",
  "_INBOX.x",
  "$SYS.>",
  "\u202e",
  "\u200f",
  "\ufeff",
  "\ufffd",
  "\u0085",
  "\u2028",
  "e\u0301",
  "\u00e9",
  "\ud83d\ude00",
  "\u{10ffff}",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "then",
  "toJSON",
  "null",
  "undefined",
  "0",
  "../../etc/passwd",
  "'; DROP TABLE events; --",
  "<script>",
  '"',
  "\\",
  "\\u0000",
  "{}",
  "[[",
];

const short: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...fragments) },
  { weight: 3, arbitrary: fc.array(fc.constantFrom(...fragments), { maxLength: 5 }).map((parts) => parts.join("")) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
  { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 20 }) },
  { weight: 2, arbitrary: fc.string({ maxLength: 20 }) },
);

const long: fc.Arbitrary<string> = fc
  .record({ text: short, length: fc.constantFrom(256, 1_024, 5_000, 100_000) })
  .map(({ text, length }) => (text === "" ? "x" : text).repeat(length).slice(0, length));

/** Non-empty, well-formed text, rarely longer than 100 characters. */
export const name: fc.Arbitrary<string> = fc
  .oneof({ weight: 60, arbitrary: short }, { weight: 1, arbitrary: long })
  .map((text) => text.toWellFormed())
  .filter((text) => text !== "");

/** Text with an unpaired surrogate. */
export const loneSurrogate: fc.Arbitrary<string> = fc
  .tuple(short, fc.constantFrom("\ud800", "\udbff", "\udc00", "\udfff"), short)
  .map(([before, surrogate, after]) => `${before.toWellFormed()}${surrogate}x${after.toWellFormed()}`);

/** Any text: well-formed or not, empty, short or long. */
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 20, arbitrary: short },
  { weight: 3, arbitrary: loneSurrogate },
  { weight: 1, arbitrary: fc.constant("") },
  { weight: 1, arbitrary: long },
);
