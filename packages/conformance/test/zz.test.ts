import { test } from "vitest";
import { runStoreCase, storeCases, applies } from "../src/index.ts";
import { mutants } from "./mutants/index.ts";
import { show } from "../src/checks/show.ts";
test("matrix", async () => {
  const t = (c: {theme:string,name:string}) => `${c.theme}: ${c.name}`;
  let out = "";
  for (const m of mutants) {
    const caught: string[] = [];
    let detail = "";
    for (const c of storeCases) {
      if (!applies(c, m.places)) continue;
      try { await Promise.race([runStoreCase(m.places, c), new Promise((_, no) => setTimeout(no, 2000, new Error("TIMEOUT")))]); }
      catch (e: any) { caught.push(t(c)); if (m.caughtBy.includes(t(c))) detail += `\n     [${c.theme}] ${e.promise} | exp ${show(e.expected).slice(0, 110)} | act ${show(e.actual).slice(0, 140)}`; }
    }
    out += `\n${m.name}  (${caught.length} of ${storeCases.length})${detail}`;
  }
  (await import("node:fs")).writeFileSync("/tmp/matrix.txt", out);
}, 120000);
