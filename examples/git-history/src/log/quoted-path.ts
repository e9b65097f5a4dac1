import { type Malformed, quoted } from "./malformed-input.ts";

const byteOfEscape: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  t: "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  '"': '"',
  "\\": "\\",
};
const escapeOfByte = new Map(Object.entries(byteOfEscape).map(([letter, byte]) => [byte, letter]));

// biome-ignore lint/suspicious/noControlCharactersInRegex: git never prints these bytes unescaped
const alwaysQuoted = /[\x00-\x1f"\\\x7f]/;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Returns a path as text. Git prints unusual paths like C strings, in double quotes with escapes. This function removes
 * the quotes and escapes from most of them.
 *
 * Two kinds of paths keep their quoted form: paths that are not valid UTF-8, and paths that begin with a double quote
 * and could be mistaken for the first kind. Different paths therefore have different texts.
 *
 * @param printed - the path in git's output, one character per byte
 */
export function readPath(printed: string, malformed: Malformed): string {
  const path = printed.startsWith('"') ? unquote(printed, malformed) : plain(printed, malformed);
  return path.startsWith('"') ? quotePath(path) : (decode(path) ?? quotePath(path));
}

/** Returns a path in the form that git prints for unusual paths: in double quotes, with escapes. */
export function quotePath(path: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes everything except plain ASCII
  const escaped = path.replace(/[\x00-\x1f"\\\x7f-\xff]/g, (byte) => {
    return `\\${escapeOfByte.get(byte) ?? byte.charCodeAt(0).toString(8).padStart(3, "0")}`;
  });
  return `"${escaped}"`;
}

function plain(printed: string, malformed: Malformed): string {
  if (alwaysQuoted.test(printed))
    throw malformed(`the path ${quoted(printed)} is not quoted, but git would have quoted it`);
  return printed;
}

function unquote(printed: string, malformed: Malformed): string {
  const inner = /^"((?:[^"\\]|\\.)*)"$/.exec(printed)?.[1];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git always escapes control characters
  if (inner === undefined || inner === "" || /[\x00-\x1f\x7f]/.test(inner)) {
    throw malformed(`the quoted path ${quoted(printed)} is malformed`);
  }
  return inner.replace(/\\([0-3][0-7]{2}|.)/g, (escaped, code: string) => {
    const byte = code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : byteOfEscape[code];
    if (byte === undefined || byte === "\0") {
      throw malformed(`the quoted path ${quoted(printed)} has the invalid escape ${escaped}`);
    }
    return byte;
  });
}

function decode(path: string): string | undefined {
  try {
    return utf8.decode(Buffer.from(path, "latin1"));
  } catch {
    return undefined;
  }
}
