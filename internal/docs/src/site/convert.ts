import { join } from "node:path";
import {
  Application,
  type Context,
  Converter,
  DocumentReflection,
  MinimalSourceFile,
  normalizePath,
  type ProjectReflection,
  type TypeDocOptions,
} from "typedoc";
import { root } from "../repository.ts";
import { chapters, packages } from "./contents.ts";
import { linkedFiles, readPage, type SitePage } from "./page.ts";
import { useTheme } from "./theme.ts";

const workspace = join(root, "internal/docs");

/** Reads the exports of all packages with their comments and, if `pages` is set, the guides. Warnings are errors. */
export async function convert(
  options: { readonly pages: boolean } & Partial<TypeDocOptions>,
): Promise<{ readonly application: Application; readonly project: ProjectReflection }> {
  const { pages, ...typeDocOptions } = options;
  const application = await Application.bootstrap({
    name: "Aether",
    entryPoints: packages.map((name) => join(root, "packages", name, "src/index.ts")),
    tsconfig: join(workspace, "tsconfig.packages.json"),
    alwaysCreateEntryPointModule: true,
    readme: "none",
    basePath: root,
    disableSources: true,
    disableGit: true,
    excludePrivate: true,
    excludeInternal: true,
    navigation: { compactFolders: false, excludeReferences: true, includeFolders: false },
    searchInComments: true,
    searchInDocuments: true,
    sort: ["kind", "alphabetical"],
    visibilityFilters: { inherited: true, protected: true },
    treatWarningsAsErrors: true,
    validation: { invalidLink: true, invalidPath: true, notDocumented: false, notExported: false, rewrittenLink: true },
    githubPages: true,
    hideGenerator: true,
    ignoredHighlightLanguages: ["dockerfile", "mermaid"],
    ...typeDocOptions,
  });
  useTheme(application);
  application.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => nameModules(project));
  if (pages) {
    application.converter.on(Converter.EVENT_BEGIN, ({ project }: Context) => addDocuments(application, project));
    application.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => addReadmes(application, project));
  }
  const project = await application.convert();
  if (project === undefined) throw new Error("the packages do not compile");
  return { application, project };
}

function nameModules(project: ProjectReflection): void {
  for (const module of project.children ?? []) module.name = `@aether/${module.name.split("/").at(-2)}`;
}

/** Adds the pages of the chapters, and every file that they or the READMEs of the packages link to. */
function addDocuments(application: Application, project: ProjectReflection): void {
  const frontPages = ["README.md", ...packages.map((name) => `packages/${name}/README.md`)];
  const inChapters = chapters.flatMap((chapter) => chapter.pages);
  const linked = new Set([...frontPages, ...inChapters].flatMap((path) => linkedFiles(readPage(path))));
  for (const path of [...frontPages, ...inChapters]) linked.delete(path);
  for (const path of [...inChapters, ...linked]) {
    const page = readPage(path);
    const document = new DocumentReflection(page.title, project, parse(application, project, page), {});
    project.addChild(document);
    project.registerReflection(document, undefined, absolute(path));
  }
}

function addReadmes(application: Application, project: ProjectReflection): void {
  project.readme = parse(application, project, withoutTitle(readPage("README.md")));
  project.files.registerReflectionPath(absolute("README.md"), project);
  for (const module of project.children ?? []) {
    const path = `packages/${module.name.split("/").at(-1)}/README.md`;
    module.readme = parse(application, project, withoutTitle(readPage(path)));
    project.files.registerReflection(absolute(path), module);
  }
}

/** Removes the title from a page, because TypeDoc adds a title to the front pages of the project and of packages. */
function withoutTitle(page: SitePage): SitePage {
  return { ...page, text: page.text.replace(/^# .+\n+/, "") };
}

function parse(application: Application, project: ProjectReflection, page: SitePage): DocumentReflection["content"] {
  return application.converter.parseRawComment(new MinimalSourceFile(page.text, absolute(page.path)), project.files)
    .content;
}

function absolute(path: string): ReturnType<typeof normalizePath> {
  return normalizePath(join(root, path));
}
