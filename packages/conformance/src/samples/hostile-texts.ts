/** Short texts that stores often trim, fold, decode, convert or misread. None is empty. All are well-formed. */
const shortTexts: readonly string[] = [
  ...[" ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u3000", "\ufeff", "\u200b", "\u0085"],
  ...["\u0000", "\u0001", "\u001f", "\u007f", "\u2028", "\u2029", "\u202e", "\ufffd", "\uffff"],
  ...["Aa", "aA", "Straße", "STRASSE", "İ", "ı", "ſ", "ΣΑΣ", "σας"],
  ...["\u00e9", "e\u0301", "\u212b", "\u00c5", "\u1100\u1161", "\uac00", "\ufb01", "\u00bd"],
  ...["€", "ÿ", "中文", "עברית", "\u{1F4A5}", "\u{1F469}\u200d\u{1F680}", "\u{10FFFF}"],
  ...["null", "undefined", "true", "NaN", "-0", "007", "1e3", "9223372036854775808", "0x10"],
  ...["{}", "[]", '"', "'", "''", "`", "\\", "\\n", "\\u0041", "%20", "%", "&amp;", "<a>", "$1", "$&", "?", ";--"],
  ...["2024-02-29", "2024-02-29T12:00:00Z", "__proto__", "constructor", "toJSON", "a.b", "a/b", "a,b", "*", "_"],
];

/** Lengths around which stores often cut texts. */
const lengths = [36, 37, 64, 65, 100, 128, 129, 191, 192, 255, 256, 257, 512, 1_000, 1_024, 1_025, 4_096, 4_097];

/** A text of the given length whose last character differs from the others. */
export function longText(length: number, character = "x"): string {
  return `${character.repeat(length - 1)}$`;
}

/** All texts that data and metadata must keep unchanged: empty, long and ill-formed ones, too. */
export const hostileTexts: readonly string[] = [
  "",
  ...shortTexts,
  ...shortTexts.map((text) => `${text}a${text}`),
  ...["\ud800", "a\udfffb", "\udc00\ud800", "\u{1F4A5}".slice(0, 1)],
  ...lengths.map((length) => longText(length)),
  ...[longText(300, "é"), longText(1_100, "中"), longText(6_000)],
];

/**
 * Names, such as event ids and event types, that stores often confuse or change. Each contains `unique`, so that names
 * with different `unique` differ. Most begin and end with a hostile text. None has more than 128 bytes.
 */
export function hostileNames(unique: string): readonly string[] {
  const room = 128 - unique.length;
  const half = shortTexts.length >> 1;
  return [
    ...shortTexts.slice(0, half).map((text, index) => `${text}${unique}${shortTexts[half + index]}`),
    ...[36, 37, 64, 65, 100, 127, 128].map((length) => "x".repeat(length - unique.length) + unique),
    ...[unique + longText(room), unique + "é".repeat(room >> 1), unique + "\u{1F4A5}".repeat(room >> 2)],
  ];
}

/**
 * Pairs of different names that stores often take for equal, because they trim, fold, normalise, decode or cut names.
 * None has more than 128 bytes.
 */
export const similarNames: readonly (readonly [string, string])[] = [
  ["trailing space", "trailing space "],
  ["leading space", " leading space"],
  ["inner space", "inner  space"],
  ["line end", "line end\n"],
  ["tab", "tab\t"],
  ["nul", "nul\u0000"],
  ["nul\u0000a", "nul\u0000b"],
  ["zero width", "zero width\u200b"],
  ["byte order mark", "\ufeffbyte order mark"],
  ["CASE", "case"],
  ["Straße", "STRASSE"],
  ["composed \u00e9", "composed e\u0301"],
  ["accent \u00e9", "accent e"],
  ["ligature \ufb01", "ligature fi"],
  ["full width \uff21", "full width A"],
  ["Latin a", "Latin \u0430"],
  ["astral \u{1F4A5}", "astral \u{1F4A6}"],
  ["percent%20", "percent "],
  ["wild_card", "wild%card"],
  ["a-b", "a_b"],
  ["007", "7"],
  ["1e3", "1000"],
  ["9007199254740993", "9007199254740992"],
  ["6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6BA7B810-9DAD-11D1-80B4-00C04FD430C8"],
  ["6ba7b810-9dad-11d1-80b4-00c04fd430c8/1", "6ba7b810-9dad-11d1-80b4-00c04fd430c8/2"],
  ["6ba7b8109dad11d180b400c04fd430c8", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"],
  ...[32, 36, 63, 64, 100, 127].map((kept) => [`${"x".repeat(kept)}a`, `${"x".repeat(kept)}b`] as const),
  [`a${"x".repeat(127)}`, `b${"x".repeat(127)}`],
];
