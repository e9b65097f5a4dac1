import { expect, test } from "vitest";
import { faultsOfContents } from "../src/pack/contents.ts";

const sound: Readonly<Record<string, string>> = {
  LICENSE: "",
  "README.md": "",
  "package.json": "{}",
  "src/index.ts": "",
  "dist/index.js": "export {};\n//# sourceMappingURL=index.js.map",
  "dist/index.js.map": '{"sources":["../src/index.ts"]}',
  "dist/index.d.ts": "export {};\n",
  "template/test/store.test.ts": "",
};

function faultsWith(files: Readonly<Record<string, string>>): readonly string[] {
  const all = { ...sound, ...files };
  return faultsOfContents(Object.keys(all), (path) => all[path] ?? "");
}

test("a package with its sources, their maps and a template with tests has no faults", () => {
  expect(faultsWith({})).toEqual([]);
});

test.each([
  ["dist/.tsbuildinfo", "", "a cache of the compiler"],
  ["test/save.test.ts", "", "a test"],
  ["src/save.test.ts", "", "a test"],
  ["dist/save.spec.js", "", "a test"],
  ["dist/left-over.js.map", '{"sources":["../src/left-over.ts"]}', "refers to ../src/left-over.ts"],
  ["dist/unmapped.js", "//# sourceMappingURL=unmapped.js.map", "refers to unmapped.js.map"],
  ["dist/rooted.d.ts.map", '{"sourceRoot":"../lib","sources":["rooted.ts"]}', "refers to ../lib/rooted.ts"],
])("%s is a fault", (path, text, complaint) => {
  expect(faultsWith({ [path]: text })).toEqual([expect.stringContaining(complaint)]);
});

test("a missing licence is reported", () => {
  expect(faultsOfContents(["package.json", "README.md"], () => "")).toEqual(["does not contain LICENSE"]);
});
