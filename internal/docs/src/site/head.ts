import type { HeadConfig, TransformContext } from "vitepress";

const { DOCS_URL = "" } = process.env;

/** Address at which the site is published, with a trailing slash, from `DOCS_URL`. Undefined for other builds. */
export const siteUrl: string | undefined = DOCS_URL === "" ? undefined : DOCS_URL.replace(/\/*$/, "/");

/** Path below which the site is served, with a slash at both ends. */
export const base: string = siteUrl === undefined ? "/" : new URL(siteUrl).pathname;

/** Elements in the head of every page. */
export const commonHead: HeadConfig[] = [
  ["link", { rel: "icon", type: "image/svg+xml", href: `${base}favicon.svg` }],
  ["meta", { name: "theme-color", content: "#0b63a8" }],
  ["meta", { property: "og:site_name", content: "Aether" }],
  ["meta", { property: "og:type", content: "website" }],
];

/** Elements in the head of one page: the title, description and picture that links to the page show. */
export function headOf({ pageData, title, description }: TransformContext): HeadConfig[] {
  const head: HeadConfig[] = [
    ["meta", { property: "og:title", content: pageData.title || title }],
    ["meta", { property: "og:description", content: description }],
  ];
  if (siteUrl === undefined) return head;
  const path = pageData.relativePath.replace(/(?:^|(?<=\/))index\.md$|\.md$/, "");
  return [
    ...head,
    ["link", { rel: "canonical", href: `${siteUrl}${path}` }],
    ["meta", { property: "og:url", content: `${siteUrl}${path}` }],
    ["meta", { property: "og:image", content: `${siteUrl}card.png` }],
    ["meta", { name: "twitter:card", content: "summary_large_image" }],
  ];
}
