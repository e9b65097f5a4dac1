/** Milliseconds on a clock that all processes of this machine share (on Linux) and that never goes back. */
export function sharedNow(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}
