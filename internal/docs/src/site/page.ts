import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { root } from "../repository.ts";

/** A page of the site, in Markdown. */
export interface SitePage {
  /** Path of the file, relative to the root of the repository. */
  readonly path: string;
  readonly title: string;
  readonly text: string;
}

/** Reads a file of the repository as a page: Markdown unchanged, any other file as a code block. */
export function readPage(path: string): SitePage {
  const text = readFileSync(join(root, path), "utf8");
  if (extname(path) !== ".md") {
    const language = /\.(ts|json)$/.exec(path)?.[1] ?? "text";
    return { path, title: basename(path), text: `# ${path}\n\n\`\`\`${language}\n${text}\`\`\`\n` };
  }
  const title = /^# (.+)$/m.exec(text)?.[1]?.replace(/[`*]/g, "") ?? basename(path, ".md");
  return { path, title, text: withoutFolders(path, text) };
}

/** Lists the files of the repository that a page links to, except pictures. */
export function linkedFiles({ path, text }: SitePage): readonly string[] {
  return [...text.matchAll(/\]\(([^)\s#:]+)(?:#[^)\s]*)?\)/g)]
    .map(([, target = ""]) => join(dirname(path), target))
    .filter((file) => extname(file) !== ".svg" && existsSync(join(root, file)) && statSync(join(root, file)).isFile());
}

/** Replaces each link to a folder by a link to the README of the folder or, if there is none, by plain text. */
function withoutFolders(path: string, markdown: string): string {
  return markdown.replace(/\[([^\]]+)\]\(([^)\s#:]+)\)/g, (link, label: string, target: string) => {
    const folder = join(root, dirname(path), target);
    if (!existsSync(folder) || !statSync(folder).isDirectory()) return link;
    return existsSync(join(folder, "README.md")) ? `[${label}](${join(target, "README.md")})` : label;
  });
}
