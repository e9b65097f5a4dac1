import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { root } from "./repository.ts";

/** A page of the site, as Markdown. */
export interface SitePage {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly title: string;
  readonly text: string;
}

/** The page that is made of a file of the repository: Markdown as it stands, anything else as a block of code. */
export function readPage(path: string): SitePage {
  const text = readFileSync(join(root, path), "utf8");
  if (extname(path) !== ".md") {
    const language = /\.(ts|json)$/.exec(path)?.[1] ?? "text";
    return { path, title: basename(path), text: `# ${path}\n\n\`\`\`${language}\n${text}\`\`\`\n` };
  }
  const title = /^# (.+)$/m.exec(text)?.[1]?.replace(/[`*]/g, "") ?? basename(path, ".md");
  return { path, title, text: withoutFolders(path, text) };
}

/** The files of the repository that a page links to and that are no pictures. */
export function linkedFiles({ path, text }: SitePage): readonly string[] {
  return [...text.matchAll(/\]\(([^)\s#:]+)(?:#[^)\s]*)?\)/g)]
    .map(([, target = ""]) => join(dirname(path), target))
    .filter((file) => extname(file) !== ".svg" && existsSync(join(root, file)) && statSync(join(root, file)).isFile());
}

/** A folder is no page: a link to one becomes a link to its README, or plain text. */
function withoutFolders(path: string, markdown: string): string {
  return markdown.replace(/\[([^\]]+)\]\(([^)\s#:]+)\)/g, (link, label: string, target: string) => {
    const folder = join(root, dirname(path), target);
    if (!existsSync(folder) || !statSync(folder).isDirectory()) return link;
    return existsSync(join(folder, "README.md")) ? `[${label}](${join(target, "README.md")})` : label;
  });
}
