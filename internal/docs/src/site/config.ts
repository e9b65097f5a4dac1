import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DefaultTheme, UserConfig } from "vitepress";
import { root, website } from "../repository.ts";
import { base, commonHead, headOf, siteUrl } from "./head.ts";
import { anchorOf } from "./markdown.ts";
import { navigation, sidebar } from "./navigation.ts";
import { search } from "./search.ts";
import { pagesFolder } from "./stage.ts";

/** Output folder of `npm run docs`. Git ignores it. */
export const siteFolder: string = join(root, "docs-site");

const gitHubIcon = readFileSync(join(root, "internal/docs/site/github.svg"), "utf8");

/** Configuration of VitePress. */
export const config: UserConfig<DefaultTheme.Config> = {
  title: "Aether",
  description: "Event sourcing for TypeScript on NATS: small packages, correct under concurrency.",
  lang: "en",
  base,
  srcDir: pagesFolder,
  outDir: siteFolder,
  cacheDir: join(root, "internal/docs/node_modules/.cache/vitepress"),
  cleanUrls: true,
  metaChunk: true,
  head: commonHead,
  transformHead: headOf,
  ...(siteUrl === undefined ? {} : { sitemap: { hostname: siteUrl } }),
  markdown: { anchor: { slugify: anchorOf } },
  // The page of a package is one chunk.
  vite: { build: { chunkSizeWarningLimit: 2_000 } },
  themeConfig: {
    logo: { src: "/favicon.svg", alt: "" },
    nav: navigation,
    sidebar,
    outline: { level: [2, 3] },
    search: { provider: "local", options: search },
    // An icon that is only named would be loaded from another host while the site is served for development.
    socialLinks: [{ icon: { svg: gitHubIcon }, link: website, ariaLabel: "GitHub" }],
    editLink: { pattern: ({ frontmatter }) => frontmatter.editUrl, text: "Edit this page" },
    notFound: {
      title: "No such page",
      quote: "The address may have changed. The search finds it.",
      linkText: "Start page",
    },
    footer: { message: "Released under the MIT License." },
    externalLinkIcon: false,
  },
};
