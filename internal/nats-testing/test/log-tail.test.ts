import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LogTail } from "../src/server/log-tail.ts";

describe("LogTail", () => {
  it("returns the same lines for any split of the text", () => {
    const line = fc.string({ unit: fc.constantFrom("a", "b", " ", "é") });
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat({ max: 10 })), (lines, cuts) => {
        const tail = new LogTail();
        const completed: string[] = [];
        let rest = lines.map((each) => `${each}\n`).join("");
        for (const cut of [...cuts, rest.length]) {
          completed.push(...tail.write(rest.slice(0, cut)));
          rest = rest.slice(cut);
        }
        expect(completed).toEqual(lines);
        expect(tail.lines()).toEqual(lines);
      }),
    );
  });

  it("keeps only the last lines", () => {
    const tail = new LogTail(2);
    tail.write("1\n2\n3\n4");
    expect(tail.lines()).toEqual(["2", "3"]);
  });

  it("adds a last line without a line end when the text ends", () => {
    const tail = new LogTail();
    tail.write("panic: no");
    expect(tail.end()).toEqual(["panic: no"]);
    expect(tail.end()).toEqual([]);
    expect(tail.lines()).toEqual(["panic: no"]);
  });

  it("accepts the line ends of Windows", () => {
    expect(new LogTail().write("one\r\ntwo\r\n")).toEqual(["one", "two"]);
  });
});
