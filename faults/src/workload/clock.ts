/** Returns milliseconds of a monotonic clock that all processes of one machine share (on Linux). */
export function sharedNow(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}
