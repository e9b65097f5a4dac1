import { type HeapProfiler, Session } from "node:inspector/promises";

/** One sample for so many allocated bytes: rare enough not to slow the work down much. */
const SAMPLING_INTERVAL = 131_072;

/** Does work and estimates what it allocated on V8's heap, what was collected meanwhile included. */
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

/** Not by recursion: call trees are deep. */
function bytesIn(head: HeapProfiler.SamplingHeapProfileNode): number {
  let bytes = 0;
  const nodes = [head];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    bytes += node.selfSize;
    nodes.push(...node.children);
  }
  return bytes;
}
