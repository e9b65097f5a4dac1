/** Returns the part of a prefix before a lone surrogate at its end, which can be the first half of a character. */
export function wellFormedStart(prefix: string): string {
  return prefix.isWellFormed() ? prefix : prefix.slice(0, -1);
}
