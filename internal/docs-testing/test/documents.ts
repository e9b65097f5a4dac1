import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("../../..", import.meta.url));

/** A page of the documentation. */
export interface Page {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** A block of code on a page. */
export interface Snippet {
  readonly page: string;
  /** Where its first line stands, from 1. */
  readonly line: number;
  readonly language: string;
  /** What the page calls it: snippets of one page that have a file may import each other. */
  readonly file?: string;
  readonly code: string;
}

/** Every Markdown page of the repository, but for what is installed, built or generated. */
export function pages(): readonly Page[] {
  const notOurs = new Set(["node_modules", "dist", "CHANGELOG.md"]);
  const walk = (folder: string): readonly string[] =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter(({ name }) => !name.startsWith(".") && !notOurs.has(name))
      .flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]));
  return walk("")
    .filter((path) => path.endsWith(".md"))
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

export function snippetsOf({ path, text }: Page): readonly Snippet[] {
  return [...text.matchAll(/^```(\S*)(?: file=(\S+))?[^\n]*\n(.*?)^```$/gms)].map((match) => ({
    page: path,
    line: text.slice(0, match.index).split("\n").length + 1,
    language: match[1] ?? "",
    ...(match[2] === undefined ? {} : { file: match[2] }),
    code: match[3] ?? "",
  }));
}

/** The relative links of a page: files of the repository, perhaps with an anchor. */
export function linksOf({
  path,
  text,
}: Page): readonly { readonly file: string; readonly anchor: string | undefined }[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = "", anchor] = target.split("#");
      return { file: file === "" ? path : join(dirname(path), file), anchor };
    });
}

/** The anchors of a page's headings, as they are made on the usual code hosts. */
export function anchorsOf({ text }: Page): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map((match) => match[1] ?? "");
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}
