/** 72 random bits. Among a million buses, the probability that two have the same id is one in ten thousand million. */
const RANDOM_BYTES = 9;

/**
 * Creates a bus id: twelve Base64 characters without padding. Every message carries the id of the bus that published
 * it, so that this bus can ignore its own messages when the server sends them back. Two buses with the same id would
 * ignore each other's messages.
 */
export function newBusId(): string {
  // biome-ignore lint/plugin: there are only nine arguments
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(RANDOM_BYTES))));
}
