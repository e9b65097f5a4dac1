import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { apiPages } from "../api/api-pages.ts";
import { root, website } from "../repository.ts";
import { fileOf } from "./addresses.ts";
import { type Entry, entries } from "./contents.ts";
import { readPage, withData } from "./page.ts";

/** Folder of the pages in the form that VitePress reads. Git ignores it. */
export const pagesFolder: string = join(root, "internal/docs/.pages");

/** Writes all pages, pictures and the API reference into the folder of pages. */
export async function stagePages(): Promise<void> {
  rmSync(pagesFolder, { recursive: true, force: true });
  cpSync(join(root, "internal/docs/site/public"), join(pagesFolder, "public"), { recursive: true });
  for (const entry of entries) stagePage(entry);
  for (const [name, text] of await apiPages()) write(`api/${name}.md`, apiPage(name, text));
}

/** Writes a page again whenever its source changes. The watchers do not keep the process running. */
export function restageOnChange(): void {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  for (const folder of new Set(entries.map(({ path }) => dirname(path)))) {
    watch(join(root, folder), { persistent: false }, (_, file) => {
      const entry = byPath.get(join(folder, file ?? ""));
      if (entry !== undefined && existsSync(join(root, entry.path))) stagePage(entry);
    });
  }
}

function stagePage(entry: Entry): void {
  const { text, pictures } = readPage(entry);
  write(fileOf(entry.path), text);
  for (const path of pictures) write(`public/pictures/${path}`, readFileSync(join(root, path)));
}

function write(file: string, content: string | Buffer): void {
  const path = join(pagesFolder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

const repeatedSection =
  /^#{4,6} (?:Extended by|Implemented by|Implementation of|Inherited from|Overrides)\n(?:(?!#|\*\*\*).*\n)*/gm;

/** Changes the output of TypeDoc: links have the form of the site, and sections that repeat others are left out. */
function apiPage(name: string, markdown: string): string {
  const links = `[Guide](/packages/${name}) · [Source code](${website}/tree/main/packages/${name}/src)`;
  const body = markdown
    // Lists of all subclasses, and sections that only repeat the name of an interface, hide the useful sections.
    .replace(repeatedSection, "")
    .replace(/^# .+$/m, `# API of @aether/${name}\n\n<div class="page-links">\n\n${links}\n\n</div>`)
    .replace(/\]\((?:\.\.\/)*(?:@aether\/)?([\w-]+)\.md(#[^)]*)?\)/g, "](/api/$1$2)");
  return withData(
    {
      title: `API of @aether/${name}`,
      description: `All exports of the npm package @aether/${name}: types, functions, classes and their documentation.`,
      pageClass: "api-page",
      editLink: false,
    },
    body,
  );
}
