import { join } from "node:path";
import { root } from "../repository.ts";
import { convert } from "./convert.ts";

/** Output folder of `npm run docs`. Git ignores it. */
export const siteFolder: string = join(root, "docs-site");

/** Empties a folder and writes the site into it. Returns false if TypeDoc printed a warning or an error. */
export async function makeSite(folder: string): Promise<boolean> {
  const { application, project } = await convert({
    pages: true,
    out: folder,
    theme: "chapters",
    router: "path",
    customCss: join(root, "internal/docs/src/site/site.css"),
    favicon: join(root, "internal/docs/src/site/favicon.svg"),
  });
  application.validate(project);
  await application.generateDocs(project, folder);
  return !application.logger.hasErrors() && !application.logger.hasWarnings();
}
