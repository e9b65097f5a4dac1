import { join } from "node:path";
import { convert } from "./project.ts";
import { root } from "./repository.ts";

/** Where the site goes; git ignores it. */
export const siteFolder: string = join(root, "docs-site");

/** Writes the site into a folder, which is emptied first. False if there is anything to warn of, which is printed. */
export async function makeSite(folder: string): Promise<boolean> {
  const { application, project } = await convert({
    pages: true,
    out: folder,
    theme: "chapters",
    router: "path",
    customCss: join(root, "internal/docs-site/src/site.css"),
    favicon: join(root, "internal/docs-site/src/favicon.svg"),
  });
  application.validate(project);
  await application.generateDocs(project, folder);
  return !application.logger.hasErrors() && !application.logger.hasWarnings();
}
