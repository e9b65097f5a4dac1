let lastMs = Number.NaN;
let lastText = "";

/** Returns the current time in RFC 3339 format. Formatting takes much longer than reading the clock. */
export function timestamp(): string {
  const nowMs = Date.now();
  if (nowMs !== lastMs) {
    lastText = new Date(nowMs).toISOString();
    lastMs = nowMs;
  }
  return lastText;
}
