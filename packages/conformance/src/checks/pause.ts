/** Resolves after this time, in milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Resolves after this number of microtasks, within the current turn of the event loop. */
export async function microtasks(count: number): Promise<void> {
  for (let done = 0; done < count; done++) await undefined;
}
