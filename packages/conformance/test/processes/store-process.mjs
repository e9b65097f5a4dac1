// Runs in the processes of the tests. Opens the reference store, or a broken one.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runStoreProcess } from "@aether/conformance";
import { stores } from "./directory-stores.mjs";

runStoreProcess(({ directory, store }) => {
  writeFileSync(join(directory, `pid-${process.pid}`), "");
  return new stores[store](directory);
});
