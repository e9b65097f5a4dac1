import { join } from "node:path";
import { Application, Converter, type ProjectReflection, type TypeDocOptions } from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";
import { root } from "../repository.ts";
import { packages } from "../site/contents.ts";

/** Options of TypeDoc and of its Markdown output. */
export type ConvertOptions = Partial<TypeDocOptions & PluginOptions>;

/** Reads the exports of all packages with their comments. Warnings are errors. */
export async function convert(
  options: ConvertOptions = {},
): Promise<{ readonly application: Application; readonly project: ProjectReflection }> {
  const application = await Application.bootstrapWithPlugins({
    name: "Aether",
    entryPoints: packages.map((name) => join(root, "packages", name, "src/index.ts")),
    tsconfig: join(root, "internal/docs/tsconfig.packages.json"),
    alwaysCreateEntryPointModule: true,
    // The build and the type check report compile errors.
    skipErrorChecking: true,
    readme: "none",
    basePath: root,
    disableSources: true,
    disableGit: true,
    excludePrivate: true,
    excludeInternal: true,
    sort: ["kind", "alphabetical"],
    treatWarningsAsErrors: true,
    validation: { invalidLink: true, invalidPath: true, notDocumented: false, notExported: false, rewrittenLink: true },
    ...options,
  });
  application.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => nameModules(project));
  const project = await application.convert();
  if (project === undefined) throw new Error("the packages do not compile");
  return { application, project };
}

function nameModules(project: ProjectReflection): void {
  for (const module of project.children ?? []) module.name = `@aether/${module.name.split("/").at(-2)}`;
}
