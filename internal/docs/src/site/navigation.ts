import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DefaultTheme } from "vitepress";
import { root, version, website } from "../repository.ts";
import { addressOf } from "./addresses.ts";
import { type Entry, packages, type Section, sections } from "./contents.ts";
import { titleOf } from "./markdown.ts";

const apiChapter: DefaultTheme.SidebarItem = {
  text: "API reference",
  items: packages.map((name) => ({ text: `@aether/${name}`, link: `/api/${name}` })),
};

/** Top navigation: one entry for each section, the API reference, and a menu with the version. */
export const navigation: DefaultTheme.NavItem[] = [
  ...sections.filter(({ title }) => title !== "Contributing").map(navigationItem),
  { text: "API", link: `/api/${packages[0]}`, activeMatch: "^/api/" },
  {
    text: version === "0.0.0" ? "Unreleased" : `v${version}`,
    items: [
      { text: "Releases", link: `${website}/releases` },
      { text: "Issues", link: `${website}/issues` },
      { text: "Contributing", link: "/contributing" },
      { text: "Security", link: "/security" },
    ],
  },
];

/** The sidebar of each page, by its address. The addresses are ordered so that the longest prefix comes first. */
export const sidebar: DefaultTheme.SidebarMulti = Object.fromEntries(
  [...sections.flatMap(sidebarsOf), ["/api/", sidebarOf(packagesSection())] as const].sort(
    ([a], [b]) => b.length - a.length,
  ),
);

function packagesSection(): Section {
  const section = sections.find(({ title }) => title === "Packages");
  if (section === undefined) throw new Error("src/site/contents.ts has no section of packages");
  return section;
}

function navigationItem({ title, chapters }: Section): DefaultTheme.NavItemWithLink {
  const pages = chapters.flatMap((chapter) => chapter.pages.map(({ path }) => addressOf(path)));
  return { text: title, link: pages[0] ?? "/", activeMatch: `^(?:${pages.join("|")})$` };
}

function sidebarsOf(section: Section): readonly (readonly [string, DefaultTheme.SidebarItem[]])[] {
  const items = sidebarOf(section);
  return section.chapters.flatMap(({ pages }) => pages.map(({ path }) => [addressOf(path), items] as const));
}

function sidebarOf(section: Section): DefaultTheme.SidebarItem[] {
  const chapters = section.chapters.map(({ title, pages }) => ({
    text: title,
    items: pages.map((page) => ({ text: labelOf(page), link: addressOf(page.path) })),
  }));
  return section.title === "Packages" ? [...chapters, apiChapter] : chapters;
}

function labelOf({ path, label }: Entry): string {
  return label ?? titleOf(readFileSync(join(root, path), "utf8")) ?? path;
}
