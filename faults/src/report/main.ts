// Writes docs/reliability.md and docs/reliability.json from the JSON of the runs that are named, or anew from the latter.
import { readFileSync, writeFileSync } from "node:fs";
import { type RunReport, render } from "./render.ts";

const docs = new URL("../../../docs/", import.meta.url);
const figures = new URL("reliability.json", docs);
const named = process.argv.slice(2);
const read = (path: string | URL): unknown => JSON.parse(readFileSync(path, "utf8"));
const runs = named.length > 0 ? named.map((path) => read(path) as RunReport) : (read(figures) as readonly RunReport[]);
writeFileSync(figures, `${JSON.stringify(runs, null, 2)}\n`);
writeFileSync(new URL("reliability.md", docs), render(runs));
