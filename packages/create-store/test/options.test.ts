import { describe, expect, test } from "vitest";
import { parseOptions, UsageError } from "../src/index.ts";

const parse = (line: string) => parseOptions(line === "" ? [] : line.split(" "));

describe("parseOptions", () => {
  test("takes the name from the folder, and vitest, by default", () => {
    expect(parse("some/my-store")).toEqual({ folder: "some/my-store", packageName: "my-store", runner: "vitest" });
    expect(parse("some/my-store/")).toMatchObject({ packageName: "my-store" });
  });

  test("takes every option", () => {
    const packageName = "@acme/store";
    expect(parse(`x --name ${packageName} --runner node`)).toEqual({ folder: "x", packageName, runner: "node" });
    expect(parse("x --runner vitest")).toMatchObject({ runner: "vitest" });
    expect([parse("--help"), parse("-h"), parse("x --help")]).toEqual(["help", "help", "help"]);
  });

  test.each(["", "x y", "x --runner jest", "x --runner", "x --nonsense", "x --name", "x --help=yes", "/", "My-Store"])(
    "refuses %j",
    (line) => {
      expect(() => parse(line)).toThrow(UsageError);
    },
  );

  test.each([
    "",
    " ",
    "a b",
    "A",
    "_a",
    ".a",
    "../a",
    "@a",
    "@a/",
    "a/b",
    "a\n",
    'a"',
    "ä",
    "node_modules",
    "a".repeat(215),
  ])("refuses the name %j", (name) => {
    expect(() => parseOptions(["x", "--name", name])).toThrow(UsageError);
  });

  test("knows what npm leaves of an option that is not behind a --", () => {
    expect(() => parse("my-store node")).toThrow('so what is "node"? After "npm create", options go behind a --');
  });

  test("says what is wrong without characters that steer a terminal", () => {
    expect(() => parseOptions(["\u001b[2J\u009b"])).toThrow(/^"\\u001b\[2J\?" is no name .*choose one with --name$/);
  });
});
