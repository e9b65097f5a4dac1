import { describe, expect, test } from "vitest";
import { parseOptions, UsageError } from "../src/index.ts";

const parse = (line: string) => parseOptions(line === "" ? [] : line.split(" "));

describe("parseOptions", () => {
  test("uses the name of the folder, vitest and events by default", () => {
    expect(parse("some/my-store")).toEqual({
      folder: "some/my-store",
      packageName: "my-store",
      runner: "vitest",
      kind: "events",
    });
    expect(parse("some/my-store/")).toMatchObject({ packageName: "my-store" });
  });

  test("accepts every option", () => {
    const packageName = "@acme/store";
    expect(parse(`x --name ${packageName} --runner node --kind documents`)).toEqual({
      folder: "x",
      packageName,
      runner: "node",
      kind: "documents",
    });
    expect(parse("x --runner vitest")).toMatchObject({ runner: "vitest" });
    expect([parse("--help"), parse("-h"), parse("x --help")]).toEqual(["help", "help", "help"]);
  });

  test.each([
    "",
    "x y",
    "x --runner jest",
    "x --kind bus",
    "x --kind",
    "x --runner",
    "x --nonsense",
    "x --name",
    "x --help=yes",
    "/",
    "My-Store",
  ])("rejects %j", (line) => {
    expect(() => parse(line)).toThrow(UsageError);
  });

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
  ])("rejects the name %j", (name) => {
    expect(() => parseOptions(["x", "--name", name])).toThrow(UsageError);
  });

  test("explains a missing -- before the options", () => {
    expect(() => parse("my-store node")).toThrow(
      'unexpected argument "node": specify one folder; with "npm create", write -- before the options',
    );
  });

  test("shows no control characters in messages", () => {
    expect(() => parseOptions(["\u001b[2J\u009b"])).toThrow(
      /^"\\u001b\[2J\?" is not a valid package name .*choose one with --name$/,
    );
  });
});
