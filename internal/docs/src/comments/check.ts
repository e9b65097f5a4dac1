import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TypeDocOptions } from "typedoc";
import { convert } from "../api/convert.ts";
import { root } from "../repository.ts";
import { offences } from "./rules.ts";

/** Lists the faults in the doc comments of the published packages, or of the given entry points. */
export async function checkComments(options: Partial<TypeDocOptions> = {}): Promise<readonly string[]> {
  const codes = new Set(readFileSync(join(root, "docs/errors.md"), "utf8").match(/(?<=^### )AETHER_\w+$/gm));
  const { project } = await convert(options);
  return offences(project, codes);
}
