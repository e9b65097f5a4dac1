/** Returns an identifier of a new store, for positions and revisions. No other store has the same. */
export function newIncarnation(): string {
  return crypto.randomUUID().replaceAll("-", "");
}
