/** Runs `work(0)` to `work(count - 1)` with at most `maxInFlight` of them in flight. Returns `count`. */
export async function inFlight(
  count: number,
  maxInFlight: number,
  work: (index: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const runRemaining = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: maxInFlight }, runRemaining));
  return count;
}
