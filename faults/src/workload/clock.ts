/** Returns the milliseconds of a monotonic clock that all processes on a Linux machine share. */
export function sharedNow(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}
