import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../../src/repository.ts";

/** A page of the documentation. */
export interface Page {
  /** Path of the file, relative to the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** A block of code on a page. */
export interface Snippet {
  readonly page: string;
  /** Line number of the first line of code, starting at 1. */
  readonly line: number;
  readonly language: string;
  /** File name that the page gives to the snippet. The named snippets of a page can import each other. */
  readonly file?: string;
  readonly code: string;
}

/** Lists every Markdown page of the repository except installed, built and generated ones. */
export function pages(): readonly Page[] {
  const ignored = new Set(["node_modules", "dist", "CHANGELOG.md"]);
  const walk = (folder: string): readonly string[] =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter(({ name }) => !name.startsWith(".") && !ignored.has(name))
      .flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]));
  return walk("")
    .filter((path) => path.endsWith(".md") && !path.endsWith(".api.md"))
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** Lists the code blocks of a page. */
export function snippetsOf({ path, text }: Page): readonly Snippet[] {
  return [...text.matchAll(/^```(\S*)(?: file=(\S+))?[^\n]*\n(.*?)^```$/gms)].map((match) => ({
    page: path,
    line: text.slice(0, match.index).split("\n").length + 1,
    language: match[1] ?? "",
    ...(match[2] === undefined ? {} : { file: match[2] }),
    code: match[3] ?? "",
  }));
}

/** Lists the relative links of a page. Their targets are files of the repository, optionally with an anchor. */
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

/** Lists the anchors of a page's headings in the form that GitHub and GitLab generate. */
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
