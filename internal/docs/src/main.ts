/** Builds the documentation site into docs-site/. */
import { relative } from "node:path";
import { root } from "./repository.ts";
import { makeSite, siteFolder } from "./site/make-site.ts";

if (!(await makeSite(siteFolder))) process.exitCode = 1;
else console.log(`open ${relative(root, siteFolder)}/index.html`);
