/**
 * Builds the documentation site into docs-site/, or into the folder that is the first argument. With `--dev`, serves
 * the site instead, and updates pages when they change.
 *
 * The environment variable `DOCS_URL` is the address at which the site will be published.
 */
import { relative } from "node:path";
import { createServer } from "vitepress";
import { buildSite, vitepressFolder } from "./site/build.ts";
import { siteFolder } from "./site/config.ts";
import { restageOnChange, stagePages } from "./site/stage.ts";

const [argument] = process.argv.slice(2);
if (argument === "--dev") {
  await stagePages();
  restageOnChange();
  const server = await createServer(vitepressFolder);
  await server.listen();
  server.printUrls();
} else {
  const folder = argument ?? siteFolder;
  await buildSite(folder);
  console.log(`${relative(process.cwd(), folder)}/ contains the site, for any web server; npm run docs:dev serves it`);
}
