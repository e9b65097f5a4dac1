import { readFileSync } from "node:fs";
import { join } from "node:path";
import { convert } from "../project.ts";
import { root } from "../repository.ts";
import { offences } from "./rules.ts";

const codes = new Set(readFileSync(join(root, "docs/errors.md"), "utf8").match(/(?<=^### )AETHER_\w+$/gm));
const { project } = await convert({ pages: false });
const found = offences(project, codes);
for (const offence of found) console.error(offence);
if (found.length > 0) process.exitCode = 1;
