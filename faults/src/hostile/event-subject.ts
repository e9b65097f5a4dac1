/**
 * Returns the subject of an actor's events, in the documented format `<stream>.events.<partition>.<type>.<id>`. Uses no
 * code of the store, like any other program.
 *
 * @param actorId - letters, digits and hyphens; not a UUID
 */
export function eventSubject(stream: string, actorId: string): string {
  const type = actorId.includes("-") ? actorId.slice(0, actorId.indexOf("-")) : "~";
  return `${stream}.events.${partitionOf(actorId)}.${type}.${actorId}`;
}

/** Returns one hexadecimal digit: the 32-bit FNV-1a hash of the id's UTF-8 bytes, modulo 16. */
function partitionOf(actorId: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(actorId)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash & 15).toString(16);
}
