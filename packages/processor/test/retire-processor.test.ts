import { expect, test } from "vitest";
import { retireProcessor, waitForProcessor } from "../src/index.ts";
import { event, setUp } from "./support.ts";

for (const partitions of [1, 16] as const) {
  test(`a retired processor stops, and cannot be started again: ${partitions} partitions`, async () => {
    const { store, documents, processor } = setUp();
    const [first, second] = [processor({ partitions }), processor({ partitions })];
    await Promise.all([first.start(), second.start()]);
    const { position } = await store.saveEvent(event("a", 1));
    await first.waitFor(position);
    await retireProcessor(documents, "test");
    const retired = { code: "AETHER_PROCESSOR_RETIRED" };
    for (const running of [first, second])
      await expect(running.untilStopped()).rejects.toMatchObject({ code: "AETHER_PROCESSOR_STOPPED", cause: retired });
    await expect(processor({ partitions }).start()).rejects.toMatchObject(retired);
    await expect(waitForProcessor(documents, "test", position)).rejects.toMatchObject(retired);
    await retireProcessor(documents, "test");
    const record = await documents.getDocument<{ isReleased: boolean }>("aether.processor.test", "partition/0");
    expect(record?.value).toMatchObject({ isReleased: false });
  });
}

test("a processor that was never started cannot be started any more", async () => {
  const { documents, processor } = setUp();
  await retireProcessor(documents, "test");
  await expect(processor({}).start()).rejects.toMatchObject({ code: "AETHER_PROCESSOR_RETIRED" });
});
