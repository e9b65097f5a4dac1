import { decodeText, encodeText } from "./text.ts";

const safe = /^[A-Za-z0-9_-]+$/;

/**
 * Encodes any non-empty, well-formed text as one subject token. Different texts give different tokens. Characters with
 * a meaning in NATS subjects, such as dots, wildcards and white space, are escaped.
 *
 * Every byte of the UTF-8 encoding other than letters, digits, `-` and `_` becomes `=` and two hexadecimal digits, as
 * in RFC 2045, section 6.7. The escape character is not `%`: nats-server inserts the stream's name into a format string
 * to build a consumer's reply subjects, and a `%` there breaks the connection.
 *
 * @example
 * ```ts
 * encodeToken("order-1"); // "order-1"
 * encodeToken("src/a.ts"); // "src=2Fa=2Ets"
 * ```
 */
export function encodeToken(text: string): string {
  if (safe.test(text)) return text;
  let token = "";
  for (const byte of encodeText(text)) {
    const character = String.fromCharCode(byte);
    token += safe.test(character) ? character : `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return token;
}

/**
 * Decodes a token, or several tokens separated by dots, that {@link encodeToken} returned. It never throws: in other
 * text, escape sequences are decoded and the rest stays unchanged. So the result is suitable for logs and errors.
 *
 * @example
 * ```ts
 * decodeToken("src=2Fa=2Ets"); // "src/a.ts"
 * ```
 */
export function decodeToken(token: string): string {
  return token.replace(/(=[0-9A-F]{2})+/g, (bytes) =>
    decodeText(Uint8Array.from(bytes.slice(1).split("="), (digits) => Number.parseInt(digits, 16))),
  );
}
