/** So many random bytes that nobody will see two buses with one id; their Base64 needs no padding. */
const BYTES = 9;

/**
 * A new id for a bus: twelve characters without white space, as it goes out with every message. A bus takes what has its own
 * id for its echo, so two with one id would not hear each other: with 72 random bits, among a million of them, the chance
 * is one in ten thousand million.
 */
export function newBusId(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(BYTES))));
}
