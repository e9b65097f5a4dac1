import { decodeText, encodeText } from "./text.ts";

const safe = /^[A-Za-z0-9_-]+$/;

/**
 * Encodes any well-formed text that is not empty as one token of a subject. Different texts give different tokens, and
 * nothing in a token (dots, wildcards, white space) has a meaning to NATS.
 *
 * Every byte of the UTF-8 form other than letters, digits, `-` and `_` becomes `=` and two hexadecimal digits, as in
 * RFC 2045, section 6.7. The escape character is not `%`, because nats-server builds the reply subjects of a consumer
 * from the stream's name with a format string, in which a `%` breaks the connection.
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
 * Decodes tokens that {@link encodeToken} wrote, and leaves the dots between them. Text that is not an encoded token is
 * decoded as far as possible, for messages to people.
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
