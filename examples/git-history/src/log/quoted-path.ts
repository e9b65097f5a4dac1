import { shown } from "../shown.ts";
import type { Refuse } from "./malformed-input.ts";

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

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the bytes that git never prints raw
const alwaysQuoted = /[\x00-\x1f"\\\x7f]/;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The path that git printed: its name as text. Git prints an unusual path as a C string, in double quotes with escapes.
 *
 * Two kinds of path have no text of their own and keep their quoted form instead: those that are not valid UTF-8, and
 * those that begin with a double quote, which could be mistaken for the former. So different paths stay different.
 *
 * @param printed - what stands in the line, a character for each byte
 */
export function readPath(printed: string, refuse: Refuse): string {
  const path = printed.startsWith('"') ? unquote(printed, refuse) : plain(printed, refuse);
  return path.startsWith('"') ? quotePath(path) : (decode(path) ?? quotePath(path));
}

/** A path as git prints it where its bytes are not all plain (with core.quotePath on): always in double quotes. */
export function quotePath(path: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything that is not plain ASCII is escaped
  const escaped = path.replace(/[\x00-\x1f"\\\x7f-\xff]/g, (byte) => {
    return `\\${escapeOfByte.get(byte) ?? byte.charCodeAt(0).toString(8).padStart(3, "0")}`;
  });
  return `"${escaped}"`;
}

function plain(printed: string, refuse: Refuse): string {
  if (alwaysQuoted.test(printed)) throw refuse(`the path ${shown(printed)} would have been quoted by git`);
  return printed;
}

function unquote(printed: string, refuse: Refuse): string {
  const inner = /^"((?:[^"\\]|\\.)*)"$/.exec(printed)?.[1];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a control character is always escaped
  if (inner === undefined || inner === "" || /[\x00-\x1f\x7f]/.test(inner)) {
    throw refuse(`the quoted path ${shown(printed)} is malformed`);
  }
  return inner.replace(/\\([0-3][0-7]{2}|.)/g, (escaped, code: string) => {
    const byte = code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : byteOfEscape[code];
    if (byte === undefined || byte === "\0")
      throw refuse(`the quoted path ${shown(printed)} has the impossible escape ${escaped}`);
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
