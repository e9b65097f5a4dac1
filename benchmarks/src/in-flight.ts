/** Runs `work(0)` to `work(count - 1)` with so many at a time. */
export async function inFlight(
  count: number,
  atATime: number,
  work: (index: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: atATime }, lane));
  return count;
}
