/** Ids that stores often confuse with each other or fail to handle, by the reason. None has more than 128 bytes. */
export const hostileActorIds: Readonly<Record<string, readonly string[]>> = {
  separators: "a.b a_b a-b a/b a\\b a:b a+b a|b a,b a;b a=b a@b a~b .a.b a.b. a..b . ..".split(" "),
  paths: "a a/ /a a// a//b a/b a/./b a/../b ./a b b/ a/b/ ../b a?b a# a#b a; a.json a+b".split(" ").concat("a b"),
  prefixes: ["a", "a1", "a11", "a:1:1", "a\u00001", ...".:/#-|@_!~,;=+$ ".split("").map((end) => `a${end}1`)],
  patterns: "* > a.* a.> *.b a* % %% a% $ $a _ ? # [a] [!a] ^a a$ (a) {a}".split(" "),
  escapes: [
    ..."a%2eb a%2Eb a%20b a=2Eb a\\u0041 a\\n a+ &amp; & <a> ' ; \" ` $(a) ../a %00 ~0 ~1".split(" "),
    ...["a''b", "a'b", "a\\\\b", "a\\b", 'a""b', 'a"b'],
  ],
  case: "a A a.b a.B A.B Straße STRASSE strasse İ i I ı SS ß ſ Σ σ ς".split(" "),
  "white space": ["a b", "a  b", " ", "  ", " a", "a ", "\ta", "\t", "a\r\nb", "a\nb", "a\rb", "a\u00a0b", "a\u3000"],
  "invisible characters": [
    ...["\u0000", "a\u0000b", "a\u0000", "a\u0001", "\u007f", "\ufeffa", "a\u200bb", "a\u00adb", "\u202eab"],
    ...["ab\u200f", "ab"],
  ],
  Unicode: [
    ...["\u00e9", "e\u0301", "e", "\uac00", "\u1100\u1161", "\ufb01", "fi", "\u212b", "\u00c5", "A\u030a"],
    ...["\u{1F4A5}", "\u{1F4A6}", "\u{1F469}\u200d\u{1F680}", "\u{1F469}", "\u0430", "\uff41", "\ufffd", "\uffff"],
  ],
  "similar letters": "は ハ バ パ ﾊ æ ae ö oe o Ⅳ IV ² 2 ٢ é è ñ n Ω ω ø".split(" "),
  names: [
    ..."__proto__ constructor prototype toString hasOwnProperty null undefined NaN true 0 00 -0 1 01 1e0".split(" "),
    ...["'; DROP TABLE events; --", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6BA7B810-9DAD-11D1-80B4-00C04FD430C8"],
  ],
  "long ids": [
    ...[36, 37, 63, 64, 65, 100, 126, 127, 128].map((length) => "x".repeat(length)),
    ...["y", "-", "é"].map((end) => `${"x".repeat(126)}${end}`),
    ...["%".repeat(128), "é".repeat(64), "\u{1F4A5}".repeat(32), `${"%".repeat(126)}-%`, `${"é".repeat(63)}-x`],
  ],
};

/** Prefixes of ids that stores often fold, normalise or treat as patterns. */
export const hostilePrefixes: readonly string[] = [
  ...[
    "",
    "a",
    "A",
    "a.",
    "a*",
    "a%",
    "a_",
    "a b",
    "*",
    "%",
    "_",
    ".",
    ">",
    "$",
    "[",
    "__",
    "none",
    "x",
    "ab",
    "\u0000",
    " ",
  ],
  ...["é", "e", "e\u0301", "É", "\u{1F4A5}", "ß", "S", "0", "'", "%2", "~"],
];

/** All ids that {@link hostileActorIds} contains. */
export const allActorIds: readonly string[] = [...new Set(Object.values(hostileActorIds).flat())];

/** Pairs of ids with more than 128 bytes that differ only at their end. A store may reject them. */
export const longActorIds: readonly (readonly [string, string])[] = [
  ...[129, 160, 191, 192, 200, 255, 256, 257, 512, 1_000, 2_000].map(
    (length) => [`${"x".repeat(length - 1)}a`, `${"x".repeat(length - 1)}b`] as const,
  ),
  [`${"é".repeat(100)}a`, `${"é".repeat(100)}b`],
  [`${"%".repeat(200)}`, `${"%".repeat(199)}_`],
];
