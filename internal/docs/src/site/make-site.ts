import { join } from "node:path";
import { root } from "../repository.ts";
import { convert } from "./convert.ts";

/** Output folder of `npm run docs`; ignored by git. */
export const siteFolder: string = join(root, "docs-site");

/** Writes the site into a folder, which is emptied first. Returns false if it printed a warning. */
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
