import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "typedoc-plugin-markdown";
import { packages } from "../site/contents.ts";
import { convert } from "./convert.ts";

/**
 * Returns the API reference of each package in Markdown, by the name of its folder. Throws if TypeDoc prints a warning.
 */
export async function apiPages(): Promise<ReadonlyMap<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), "aether-api-"));
  try {
    await writeApiPages(folder);
    return new Map(packages.map((name) => [name, readFileSync(join(folder, "@aether", `${name}.md`), "utf8")]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function writeApiPages(folder: string): Promise<void> {
  const { application, project } = await convert({
    plugin: [load],
    out: folder,
    router: "module",
    // Members that a class inherits from the language, such as `stack` of an error, are not part of the API.
    excludeExternals: true,
    hideGenerator: true,
    hidePageHeader: true,
    hideBreadcrumbs: true,
    useCodeBlocks: true,
    useCustomAnchors: true,
    sanitizeComments: true,
    parametersFormat: "table",
    interfacePropertiesFormat: "table",
    classPropertiesFormat: "table",
    typeDeclarationFormat: "table",
    tableColumnSettings: { hideInherited: true, hideOverrides: true, hideSources: true, leftAlignHeaders: true },
  });
  application.validate(project);
  await application.generateOutputs(project);
  if (application.logger.hasErrors() || application.logger.hasWarnings()) throw new Error("TypeDoc printed warnings");
}
