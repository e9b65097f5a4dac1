import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { root, website } from "../repository.ts";
import { resolveLink } from "./addresses.ts";
import { type Entry, landingPage } from "./contents.ts";
import { descriptionOf, type Passage, passagesOf, titleOf } from "./markdown.ts";

/** A page in the Markdown of the site, and the pictures that it shows. */
export interface SitePage {
  readonly text: string;
  /** Paths of pictures, relative to the root of the repository. The site serves them below `/pictures/`. */
  readonly pictures: readonly string[];
}

/** Data of a page that is not part of its text. */
export interface PageData {
  readonly title: string;
  readonly description: string;
  /** Words that the search finds, but that the page does not show. */
  readonly keywords?: string;
  readonly [setting: string]: unknown;
}

/** Reads a page of the repository and changes it into a page of the site. */
export function readPage(entry: Entry): SitePage {
  const { path, keywords } = entry;
  const markdown = readFileSync(join(root, path), "utf8");
  const pictures: string[] = [];
  const convert = (passage: Passage): string =>
    passage.isCode ? codeOf(path, passage.text) : proseOf(path, passage.text, pictures);
  const body = withoutFileNames(passagesOf(markdown)).map(convert).join("");
  if (path === landingPage.path) return { text: body, pictures };
  const title = titleOf(markdown);
  if (title === undefined) throw new Error(`${path} has no title`);
  const data: PageData = {
    title,
    description: descriptionOf(markdown),
    editUrl: `${website}/edit/main/${path}`,
    ...(keywords === undefined ? {} : { keywords }),
  };
  return { text: withData(data, withPackageLinks(path, body)), pictures };
}

/** Adds the data of a page as front matter, in which JSON is valid. */
export function withData(data: PageData, body: string): string {
  return `---\n${JSON.stringify(data)}\n---\n\n${body}`;
}

/** Removes the paragraphs with the name of the file that follows. The site has a title above the code instead. */
function withoutFileNames(passages: readonly Passage[]): readonly Passage[] {
  return passages.map((passage, index) => {
    const file = fileNameOf(passages[index + 1]?.text ?? "");
    if (passage.isCode || file === undefined) return passage;
    const name = `**\`${file}\`**`;
    const text = passage.text.trimEnd();
    return text.endsWith(`\n${name}`) ? { isCode: false, text: `${text.slice(0, -name.length)}\n` } : passage;
  });
}

function fileNameOf(block: string): string | undefined {
  return /^ *`{3,}\S* file=(\S+)/.exec(block)?.[1];
}

/** Shows the file name of a code block above the block. Diagrams, which only GitHub draws, become links. */
function codeOf(path: string, block: string): string {
  const [, indent = "", language = "", settings = ""] = /^( *)`{3,}(\S*)([^\n]*)/.exec(block) ?? [];
  if (language === "mermaid") return `${indent}[Diagram on GitHub](${website}/blob/main/${path})`;
  const file = fileNameOf(block);
  const plainBlock = block.replace(settings, "");
  return file === undefined ? plainBlock : `${indent}<p class="file-name">${file}</p>\n\n${plainBlock}`;
}

const picture =
  /<picture>\s*<source [^>]*srcset="([^"]+)"[^>]*>\s*<img alt="([^"]*)" src="([^"]+)"[^>]*>\s*<\/picture>/g;

function proseOf(path: string, text: string, pictures: string[]): string {
  const address = (target: string): string => {
    const file = normalize(join(dirname(path), target));
    if (!pictures.includes(file)) pictures.push(file);
    return `/pictures/${file}`;
  };
  return text
    .replace(picture, (_, dark: string, label: string, light: string) =>
      [
        `<div class="chart" tabindex="0" role="group" aria-label="${label}">`,
        `<img class="only-light" alt="${label}" src="${address(light)}">`,
        `<img class="only-dark" alt="${label}" src="${address(dark)}">`,
        "</div>",
      ].join("\n"),
    )
    .replace(/!\[([^\]]*)\]\(([^)\s:]+)\)/g, (_, label: string, target: string) => `![${label}](${address(target)})`)
    .replace(/\]\(([^)\s]+)\)/g, (_, target: string) => `](${resolveTarget(path, target)})`)
    .replace(/ href="([^"]+)"/g, (_, target: string) => ` href="${resolveTarget(path, target)}"`);
}

function resolveTarget(path: string, target: string): string {
  return target.startsWith("/pictures/") ? target : resolveLink(path, target);
}

/** Adds a line of links below the title of a package. */
function withPackageLinks(path: string, body: string): string {
  const name = /^packages\/([^/]+)\/README\.md$/.exec(path)?.[1];
  if (name === undefined) return body;
  const npm = `https://www.npmjs.com/package/@aether/${name}`;
  const links = `[API reference](/api/${name}) · [Source code](${website}/tree/main/packages/${name}) · [npm](${npm})`;
  return body.replace(/^# .+$/m, (title) => `${title}\n\n<div class="page-links">\n\n${links}\n\n</div>`);
}
