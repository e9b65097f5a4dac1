// Writes docs/reliability.json and docs/reliability.md from the JSON files of the given runs. Without arguments,
// generates docs/reliability.md from the existing docs/reliability.json.
import { readFileSync, writeFileSync } from "node:fs";
import { type RunReport, render } from "./render.ts";

const docs = new URL("../../../docs/", import.meta.url);
const results = new URL("reliability.json", docs);
const paths = process.argv.slice(2);
const read = (path: string | URL): unknown => JSON.parse(readFileSync(path, "utf8"));
const runs = paths.length > 0 ? paths.map((path) => read(path) as RunReport) : (read(results) as readonly RunReport[]);
writeFileSync(results, `${JSON.stringify(runs, null, 2)}\n`);
writeFileSync(new URL("reliability.md", docs), render(runs));
