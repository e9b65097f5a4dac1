/** With 72 random bits, two of a million buses have the same id with a probability of one in ten thousand million. */
const RANDOM_BYTES = 9;

/**
 * Creates the id of a bus: twelve characters of Base64, without padding. Every message carries the id of its bus, so
 * that the bus recognises its own messages when the server sends them back. Two buses with the same id would ignore
 * each other.
 */
export function newBusId(): string {
  // biome-ignore lint/plugin: nine arguments
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(RANDOM_BYTES))));
}
