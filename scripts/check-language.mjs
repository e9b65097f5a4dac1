// Checks the wording of all comments and Markdown pages: banned words, question words at the start of doc comments,
// the rate of the word "what", long lines, and table columns without a title. Prints each offence and its line.
//
//   node scripts/check-language.mjs [FOLDER]            a folder of a git repository; by default this repository
//   node scripts/check-language.mjs --counts [FOLDER]   prints the counts of each workspace instead
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { commentsOf, hashCommentsOf } from "./language/comments.mjs";
import { proseOf, withoutBlocks, withoutMeasurements } from "./language/markdown.mjs";
import { longLines, untitledColumns, whatLimit, whatsIn, wordFindings, wordsIn } from "./language/rules.mjs";

const repository = fileURLToPath(new URL("..", import.meta.url));
const folder = resolve(process.argv.slice(2).find((argument) => !argument.startsWith("--")) ?? repository);

/** Data, generated files, the fixtures of this check, and the list of banned words itself. */
const ignored = [
  /(?:^|\/)data\//,
  /(?:^|\/)CHANGELOG\.md$/,
  /\.api\.md$/,
  /^internal\/docs\/test\/fixtures\/language\//,
  /^scripts\/language\/rules\.mjs$/,
];

/** Generated pages, whose lines may have any length. */
const generatedPage = /^docs\/(?:benchmarks|installs|reliability)\.md$/;

/** For each file name extension, the function that finds the comments or the prose of a file. */
const readers = [
  [/\.(?:[cm]?ts|[cm]?js|css)$/, commentsOf],
  [/\.(?:ya?ml|sh|conf)$|^\.ci\/run$/, hashCommentsOf],
  [/\.md$/, proseOf],
];

const groups = new Map();
for (const file of readFiles()) groups.set(file.group, [...(groups.get(file.group) ?? []), file]);
if (process.argv.includes("--counts")) printCounts();
else check();

function* readFiles() {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  for (const path of execFileSync("git", list, { cwd: folder, encoding: "utf8" }).split("\0")) {
    const read = readers.find(([name]) => name.test(path))?.[1];
    if (read === undefined || ignored.some((name) => name.test(path)) || !existsSync(join(folder, path))) continue;
    const text = readFileSync(join(folder, path), "utf8");
    const isMarkdown = path.endsWith(".md");
    const passages = read(text);
    const lines = (isMarkdown ? withoutMeasurements(withoutBlocks(text)) : text).split("\n");
    const findings = passages.flatMap(wordFindings);
    if (!generatedPage.test(path)) findings.push(...longLines(lines, isMarkdown));
    if (isMarkdown) findings.push(...untitledColumns(lines));
    yield {
      path,
      group: `${workspaceOf(path)}, ${isMarkdown ? "Markdown" : "comments"}`,
      words: sum(passages, (passage) => wordsIn(passage.text)),
      whats: sum(passages, (passage) => whatsIn(passage.text)),
      findings: findings.sort((a, b) => a.line - b.line),
    };
  }
}

/** Prints each offence, and fails if there are any. */
function check() {
  const offences = [...groups].flatMap(([group, files]) => [
    ...files.flatMap(({ path, findings }) => findings.map(({ line, message }) => `${path}:${line}: ${message}`)),
    ...tooManyWhats(group, files),
  ]);
  if (offences.length === 0) return;
  for (const offence of offences) console.error(offence);
  console.error(`${offences.length} offences against the rules in CONTRIBUTING.md, "Language"`);
  process.exitCode = 1;
}

function tooManyWhats(group, files) {
  const whats = sum(files, (file) => file.whats);
  const rate = perThousand(whats, files);
  if (whats <= whatLimit.always || rate < whatLimit.perThousand) return [];
  const most = [...files].sort((a, b) => b.whats - a.whats).slice(0, 3);
  const where = most.map((file) => `${file.path} (${file.whats})`).join(", ");
  return [`${group}: "what" ${rate} times per 1,000 words; must be under ${whatLimit.perThousand}; mostly in ${where}`];
}

/** Prints one row for the comments and one for the Markdown pages of each workspace. */
function printCounts() {
  const rows = [...groups].sort().map(([group, files]) => {
    const kinds = files.flatMap(({ findings }) => findings.map(({ kind }) => kind));
    const [words, questions, layout] = ["word", "question", "layout"].map((kind) =>
      kinds.filter((each) => each === kind),
    );
    const whats = sum(files, (file) => file.whats);
    const row = {
      words: sum(files, (file) => file.words),
      "banned words": words.length,
      "banned per 1,000": perThousand(words.length, files),
      "what per 1,000": perThousand(whats, files),
      "question starts": questions.length,
      "long lines, untitled columns": layout.length,
    };
    return [group, row];
  });
  console.table(Object.fromEntries(rows));
}

function workspaceOf(path) {
  return /^(?:(?:packages|internal|examples)\/[^/]+|benchmarks|faults|docs)(?=\/)/.exec(path)?.[0] ?? "the root";
}

function perThousand(count, files) {
  return (
    Math.round(
      (count /
        Math.max(
          1,
          sum(files, ({ words }) => words),
        )) *
        10_000,
    ) / 10
  );
}

function sum(values, measure) {
  return values.reduce((total, value) => total + measure(value), 0);
}
