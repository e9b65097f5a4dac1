import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { inflateSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../src/repository.ts";
import { chapters, packages } from "../src/site/contents.ts";
import { makeSite } from "../src/site/make-site.ts";

let folder: string;
let withoutWarnings: boolean;
let htmlFiles: readonly string[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "docs-site-"));
  withoutWarnings = await makeSite(folder);
  htmlFiles = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".html"));
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true }));

const textOf = (file: string): string => readFileSync(join(folder, file), "utf8");

/** Lists the targets of a page's links, pictures, scripts and styles. */
function targetsOf(html: string): readonly string[] {
  return [...html.matchAll(/\s(?:href|src|srcset)="([^"]*)"/g)].map(([, target = ""]) =>
    target.replaceAll("&amp;", "&"),
  );
}

/** Returns the targets that do not exist. */
function broken(file: string, targets: readonly string[], anchors: ReadonlyMap<string, ReadonlySet<string>>) {
  return targets.filter((target) => {
    if (/^(?:https?:|mailto:|data:)/.test(target)) return false;
    const [path = "", anchor] = target.split("#");
    const to = path === "" ? file : normalize(join(dirname(file), decodeURI(path)));
    if (!existsSync(join(folder, to))) return true;
    return anchor !== undefined && anchor !== "" && anchors.get(to)?.has(decodeURI(anchor)) === false;
  });
}

function allAnchors(): ReadonlyMap<string, ReadonlySet<string>> {
  const idsOf = (file: string) => [...textOf(file).matchAll(/\sid="([^"]*)"/g)].map(([, id = ""]) => id);
  return new Map(htmlFiles.map((file) => [file, new Set(idsOf(file))]));
}

interface NavigationElement {
  readonly text: string;
  readonly path?: string;
  readonly children?: readonly NavigationElement[];
}

/** Decodes the navigation data that the pages load. */
function navigation(): readonly NavigationElement[] {
  const [, packed = ""] = /"(.*)"/.exec(textOf("assets/navigation.js")) ?? [];
  return JSON.parse(inflateSync(Buffer.from(packed, "base64")).toString());
}

test("the site is built without a warning", () => {
  expect(withoutWarnings).toBe(true);
});

test("every link of every page leads to an existing page and anchor", () => {
  const anchors = allAnchors();
  const found = htmlFiles.flatMap((file) =>
    broken(file, targetsOf(textOf(file)), anchors).map((target) => `${file}: ${target}`),
  );
  expect(htmlFiles.length).toBeGreaterThan(200);
  expect(found).toEqual([]);
});

test("a broken link is found", () => {
  const page = '<a href="docs/errors.html#nothing"></a><a href="docs/testing.html"></a><img src="no.svg">';
  expect(broken("index.html", targetsOf(page), allAnchors())).toEqual(["docs/errors.html#nothing", "no.svg"]);
});

test("no page loads a script, style or picture from another host", () => {
  const loaded = /<(?:script|img|source|link)\b[^>]*\s(?:href|src|srcset)="https?:/;
  expect(htmlFiles.filter((file) => loaded.test(textOf(file)))).toEqual([]);
});

test("the navigation has the guides in order, every error code and every package, with working links", () => {
  const [first, ...others] = navigation();
  expect(first?.text).toBe("Getting started");
  const errors = others.find(({ text }) => text === "Errors");
  const codes = readFileSync(join(root, "docs/errors.md"), "utf8").match(/(?<=^### )AETHER_\w+$/gm);
  expect(errors?.children?.map(({ text }) => text)).toEqual(codes);
  const exported = others.find(({ text }) => text === "Packages");
  expect(exported?.children?.map(({ text }) => text)).toEqual(packages.map((name) => `@aether/${name}`));
  const paths = (elements: readonly NavigationElement[]): readonly string[] =>
    elements.flatMap(({ path, children = [] }) => [...(path === undefined ? [] : [path]), ...paths(children)]);
  expect(broken("index.html", paths(navigation()), allAnchors())).toEqual([]);
});

test("the contents list every page of docs and every package", () => {
  const named = new Set(chapters.flatMap(({ pages }) => pages));
  const pages = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file));
  expect(pages.filter((page) => !named.has(page))).toEqual([]);
  expect([...packages].sort()).toEqual(readdirSync(join(root, "packages")).sort());
});
