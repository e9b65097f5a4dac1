import { onTestFinished, vi } from "vitest";

/** A text that stands for 600 MB until the end of the test. A real text of this length would take seconds. */
export function textOf600MB(): string {
  const text = "600 MB";
  const { stringify } = JSON;
  const spy = vi.spyOn(JSON, "stringify").mockImplementation((value) => {
    const json = stringify(value);
    if (json?.includes(text)) throw new RangeError("Invalid string length");
    return json;
  });
  onTestFinished(() => spy.mockRestore());
  return text;
}
