/** Makes the documentation site. */
import { join, relative } from "node:path";
import { convert, siteFolder } from "./project.ts";
import { root } from "./repository.ts";

const { application, project } = await convert({
  pages: true,
  theme: "chapters",
  router: "path",
  customCss: join(root, "internal/docs-site/src/site.css"),
  favicon: join(root, "internal/docs-site/src/favicon.svg"),
});
application.validate(project);
await application.generateDocs(project, siteFolder);
if (application.logger.hasErrors() || application.logger.hasWarnings()) process.exitCode = 1;
else console.log(`open ${relative(root, siteFolder)}/index.html`);
