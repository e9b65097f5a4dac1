import { testProjection } from "@aether/projections";
import { expect, it } from "vitest";
import { initialState } from "../src/events/file-state.ts";
import { folderOf, linesByFolder } from "../src/folders/lines-by-folder.ts";
import { verifyFolders } from "../src/folders/verify-folders.ts";

const change = (ordinal: number, added: number, deleted: number) =>
  ({ ordinal, content: "text", added, deleted }) as const;

it("counts the lines and events of each top-level folder", async () => {
  const folders = testProjection(linesByFolder).given(
    { actorId: "src/a.ts", eventType: "FileAdded", data: change(1, 10, 0) },
    { actorId: "src/b/c.ts", eventType: "FileAdded", data: change(2, 5, 0) },
    { actorId: "README.md", eventType: "FileAdded", data: { ordinal: 3, content: "binary" } },
    { actorId: "src/a.ts", eventType: "FileDeleted", data: change(4, 0, 10) },
  );
  await folders.expect("src/", { lines: 5, changes: 3 });
  await folders.expect("./", { lines: 0, changes: 1 });
  await folders.expectNone("test/");
});

it.each([
  ["src/a", "src/"],
  ["src/a/b", "src/"],
  ["a", "./"],
  ["/a", "/"],
])("the folder of %s is %s", (path, folder) => expect(folderOf(path)).toBe(folder));

it("names the folders that differ from the files", () => {
  const states = new Map([["src/a", { ...initialState, changes: 2, lines: 3 }]]);
  const verifyWith = (lines: number) =>
    verifyFolders(new Map([["src/", { lines, changes: 2 }]]), states, new Map([["src/a", 3]]));
  expect(verifyWith(3)).toEqual([]);
  expect(verifyWith(4)).toEqual([
    { path: "src/", expected: "3 lines after 2 events", actual: "4 lines after 2 events" },
  ]);
  expect(verifyFolders(new Map(), states, new Map([["src/a", 3]]))).toHaveLength(1);
});
