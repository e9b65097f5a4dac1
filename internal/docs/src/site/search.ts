import type { DefaultTheme } from "vitepress";
import { passagesOf } from "./markdown.ts";

/** Heading of a rendered page, in the form that VitePress splits pages at. */
const heading = /<h([1-6])\b.*?<\/h\1>/gs;

/**
 * Options of the search in the browser. Guides rank above the API, of which only the names are in the index. Code
 * is not in the index. A page is also found by its keywords, which it does not show.
 */
export const search: DefaultTheme.LocalSearchOptions = {
  // This function is in the index of VitePress only. It is not sent to the browser, because its name starts with "_".
  _render: (source, env, markdown) => {
    const text = passagesOf(source).filter(({ isCode }) => !isCode);
    const html = markdown.render(text.map((passage) => passage.text).join(""), env);
    if (env.relativePath.startsWith("api/")) return namesOf(html);
    const keywords: unknown = env.frontmatter?.keywords;
    if (env.relativePath === "index.md" || typeof keywords !== "string") return html;
    return html.replace(/<\/h1>/, `</h1><p>${keywords}</p>`);
  },
  miniSearch: {
    searchOptions: {
      fuzzy: (term: string) => (term.length > 4 ? 0.15 : false),
      prefix: true,
      boost: { title: 2, titles: 1, text: 1 },
      // The browser gets the source of these functions, so they use nothing outside of themselves.
      boostDocument: (id: string, term: string, section?: Record<string, unknown>) => {
        const { title, titles } = section as { readonly title: string; readonly titles: readonly string[] };
        if (id.includes("/api/")) return title.toLowerCase().replace("()", "") === term ? 0.45 : 0.15;
        const isMeasurement = /\/(?:benchmarks|reliability|installs)/.test(id);
        const isInternal = /\/(?:decisions|architecture|contributing|security)/.test(id);
        const rank = isMeasurement
          ? 0.15
          : isInternal
            ? 0.4
            : /\/(?:packages|examples)\//.test(id)
              ? 0.6
              : id.includes("/errors")
                ? 1.15
                : 1;
        // The beginning of a page, with its title and keywords, ranks above the other sections.
        return titles.length === 0 ? 4 * rank : rank;
      },
    },
  },
};

/** Returns the headings of exports and methods, without their text. */
function namesOf(html: string): string {
  const headings = [...html.matchAll(heading)].filter(([, level]) => ["1", "3", "5"].includes(level ?? ""));
  const common = /^(?:Constructor|Parameters|Returns|Throws|Examples?|Type Parameters)$/;
  return headings
    .map(([text]) => text)
    .filter((text) => !common.test(text.replace(/<a\b.*?<\/a>|<[^>]+>/gs, "").trim()))
    .map((text) => `${text} `)
    .join("");
}
