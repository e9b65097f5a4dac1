/** Functions that provide the id and the timestamp of an event if the writer left them out. */
export interface EventDefaults {
  /** Returns a new, globally unique id. */
  newId(): string;
  /** Returns the current time in RFC 3339 format. */
  now(): string;
}

/**
 * The usual defaults: a random UUID (version 4), and the current time in UTC.
 *
 * @example
 * ```ts
 * const frozenClock: EventDefaults = { ...eventDefaults, now: () => "2026-02-28T12:00:00Z" };
 * ```
 */
export const eventDefaults: EventDefaults = Object.freeze({
  newId: randomUuid,
  now: () => new Date().toISOString(),
});

function randomUuid(): string {
  // Browsers have `randomUUID` only in secure contexts.
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const variant = "89ab"[(bytes[8] ?? 0) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
