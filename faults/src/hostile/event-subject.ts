/**
 * The subject of an actor's events, in the documented format `<stream>.events.<partition>.<type>.<id>`. Computed
 * without the code of the store, as another program would do it.
 *
 * @param actorId - letters, digits and hyphens; not a UUID
 */
export function eventSubject(stream: string, actorId: string): string {
  const type = actorId.includes("-") ? actorId.slice(0, actorId.indexOf("-")) : "~";
  return `${stream}.events.${partitionOf(actorId)}.${type}.${actorId}`;
}

/** One hexadecimal digit: FNV-1a (32 bits) over the UTF-8 bytes of the id, modulo 16. */
function partitionOf(actorId: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(actorId)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash & 15).toString(16);
}
