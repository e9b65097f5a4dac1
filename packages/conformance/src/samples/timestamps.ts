const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/** Returns true if a text has the format of an RFC 3339 date-time. */
export function isRfc3339(text: string): boolean {
  return rfc3339.test(text);
}
