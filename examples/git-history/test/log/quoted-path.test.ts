import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MalformedInputError } from "../../src/log/malformed-input.ts";
import { quotePath, readPath } from "../../src/log/quoted-path.ts";

const malformed = (reason: string): MalformedInputError => new MalformedInputError("a.log", 1, reason);
const read = (printed: string): string => readPath(printed, malformed);

/** Returns a file name in the form in which git prints it with `core.quotePath=true`. */
function print(bytes: Uint8Array): string {
  const name = Buffer.from(bytes).toString("latin1");
  return /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(name) ? name : quotePath(name);
}

const nameBytes = fc.uint8Array({ min: 1, max: 255, minLength: 1, maxLength: 30 });

describe("readPath", () => {
  it.each([
    ["src/index.ts", "src/index.ts"],
    ["with spaces and 'single' quotes", "with spaces and 'single' quotes"],
    ['"tab\\there"', "tab\there"],
    ['"say \\"hi\\".txt"', 'say "hi".txt'],
    ['"back\\\\slash"', "back\\slash"],
    ['"\\a\\b\\t\\n\\v\\f\\r"', "\x07\b\t\n\v\f\r"],
    ['"gr\\303\\274n \\342\\202\\254 \\360\\237\\246\\212.md"', "grün € 🦊.md"],
    ['"\\177\\001"', "\x7f\x01"],
    ['"\\357\\273\\277bom"', "\ufeffbom"],
    ['"plain"', "plain"],
    [Buffer.from("grün.md").toString("latin1"), "grün.md"],
    [Buffer.from('"grün\\t"').toString("latin1"), "grün\t"],
  ])("reads %s", (printed, path) => {
    expect(read(printed)).toBe(path);
  });

  it("keeps the quoted form of a path that is not valid UTF-8", () => {
    expect(read('"caf\\351.txt"')).toBe('"caf\\351.txt"');
    expect(read("caf\xe9.txt")).toBe('"caf\\351.txt"');
  });

  it("keeps the quoted form of a path that begins with a quote, which could be mistaken for a quoted path", () => {
    expect(read('"\\"\\\\351\\""')).toBe('"\\"\\\\351\\""');
    expect(read('"\\351"')).toBe('"\\351"');
  });

  it.each([
    '"',
    '""',
    '"open',
    'open"',
    'in"side',
    '"a"b"',
    '"a"b',
    '"bad\\q"',
    '"\\400"',
    '"\\12"',
    '"\\000"',
    '"end\\"',
    "back\\slash",
    '"raw\tab"',
    "raw\x01",
    "\x7f",
  ])("rejects %j, which git never prints", (printed) => {
    expect(() => read(printed)).toThrow(MalformedInputError);
  });

  it("returns every name in valid UTF-8 unchanged, unless it begins with a quote", () => {
    const name = fc
      .string({ unit: "binary", minLength: 1, maxLength: 20 })
      .filter((text) => !text.includes("\0") && !text.startsWith('"'));
    fc.assert(
      fc.property(name, (text) => {
        expect(read(print(Buffer.from(text)))).toBe(text);
      }),
    );
  });

  it("returns different texts for different names, whatever their bytes", () => {
    fc.assert(
      fc.property(nameBytes, nameBytes, (one, other) => {
        expect(read(print(one)) === read(print(other))).toBe(Buffer.from(one).equals(Buffer.from(other)));
      }),
    );
    // Names with quotes, escapes and bytes that are not UTF-8, which are easily confused.
    const confusing = fc
      .array(fc.constantFrom('"', "\\", "3", "5", "1", "\xe9", "a"), { minLength: 1, maxLength: 7 })
      .map((parts) => Buffer.from(parts.join(""), "latin1"));
    fc.assert(
      fc.property(confusing, confusing, (one, other) => {
        expect(read(print(one)) === read(print(other))).toBe(one.equals(other));
      }),
      { numRuns: 2_000 },
    );
  });

  it("returns the same text whether or not git quoted the bytes above 127", () => {
    fc.assert(
      fc.property(nameBytes, (name) => {
        const quoted = print(name);
        const unescaped = quoted.replace(/\\([2-3][0-7]{2})/g, (_, code) =>
          String.fromCharCode(Number.parseInt(code, 8)),
        );
        fc.pre(!name.includes(0x5c));
        expect(read(unescaped)).toBe(read(quoted));
      }),
    );
  });
});
