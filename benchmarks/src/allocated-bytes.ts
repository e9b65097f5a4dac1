import { type HeapProfiler, Session } from "node:inspector/promises";

/** Allocated bytes per sample. Samples are rare enough to have little influence on the speed. */
const SAMPLING_INTERVAL = 131_072;

/** Runs work and estimates the bytes that it allocates on V8's heap, including those that are already collected. */
export async function allocatedBytes<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly bytes: number }> {
  const session = new Session();
  session.connect();
  try {
    await session.post("HeapProfiler.startSampling", {
      samplingInterval: SAMPLING_INTERVAL,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    } as HeapProfiler.StartSamplingParameterType);
    const result = await work();
    const { profile } = await session.post("HeapProfiler.stopSampling");
    return { result, bytes: bytesIn(profile.head) };
  } finally {
    session.disconnect();
  }
}

/** Sums the bytes of a call tree. Uses no recursion, because call trees can be deeper than the stack allows. */
function bytesIn(head: HeapProfiler.SamplingHeapProfileNode): number {
  let bytes = 0;
  const nodes = [head];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    bytes += node.selfSize;
    nodes.push(...node.children);
  }
  return bytes;
}
