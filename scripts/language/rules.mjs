/**
 * A banned word or phrase, which readers have to decode, and plain words to use instead.
 *
 * @typedef {object} BannedWord
 * @property {RegExp} word
 * @property {string} use - the words to use instead
 * @property {readonly RegExp[]} [natural] - phrases in which the word is natural English
 */

/** @type {readonly BannedWord[]} */
const bannedWords = [
  {
    word: /behind/,
    use: "after (a version, a position); underlying (an error)",
    natural: [
      /\b(?:lag(?:s|ged|ging)?|fall(?:s|ing|en)?|fell|leav(?:e|es|ing)|left)\s+(?:\S+\s+){0,4}behind\b/gi,
      /\bbehind\s+(?:\S+\s+){0,3}(?:prox(?:y|ies)|load balancers?|firewalls?|NAT|gateways?)\b/gi,
    ],
  },
  { word: /tell(?:s|ing)?|told/, use: "reports, notifies, says; distinguishes (tell apart)" },
  { word: /hear(?:s|d|ing)?/, use: "is called with, receives, is notified" },
  {
    word: /stands?|stood|standing/,
    use: "is, is stored",
    natural: [/\bstand(?:s|ing)?\s+(?:in\s+)?for\b|\bstand(?:s|ing)?-\w|\b(?:long|free)-standing\b/gi],
  },
  { word: /anew|afresh/, use: "again" },
  { word: /(?:no|some|every|any)body|everyone|who(?:so)?ever/, use: "no client, another writer, any reader" },
  { word: /culprits?/, use: "offending value" },
  { word: /mend(?:s|ed|ing)?/, use: "fix" },
  { word: /so\s+many/, use: "up to N, N, this number of", natural: [/\bso\s+many\s+(?:\w+\s+){0,3}that\b/gi] },
  { word: /at\s+the\s+(?:most|least)/, use: "at most, at least" },
  { word: /for\s+ever/, use: "forever" },
  { word: /(?:go|goes|went|gone|going)\s+on/, use: "continues" },
  { word: /under\s?way/, use: "in flight, in progress, running" },
  { word: /made\s+of/, use: "consists of; constructor options of" },
  {
    word: /(?:is|are|was|were|be|been|being)\s+refused/,
    use: "is rejected (or: throws CODE)",
    natural: [/\bconnections?\s+(?:is|are|was|were)\s+refused\b/gi],
  },
  { word: /also\s+(?:when|where|if)/, use: "even when, including" },
  { word: /belongs?\s+into/, use: "belongs in" },
  { word: /all\s+the\s+same/, use: "still, nevertheless", natural: [/\b(?:is|are|was|were)\s+all\s+the\s+same\b/gi] },
  { word: /(?:it|that|this|which)\s+is\s+none/, use: "it is not one" },
  { word: /(?:is|are|was|were)\s+there\s+already/, use: "already exists" },
  { word: /rooms|shel(?:f|ves)|scenes?/, use: "modules, groups, contexts, sessions" },
];

const anyBannedWord = new RegExp(`\\b(?:${bannedWords.map(({ word }) => word.source).join("|")})\\b`, "gi");
const questionStart = /^\s*(?:What|Who|Whose|Whom|How|Where|Whether|Which|Why)\b/;

/** Limit for the word "what" in a workspace, per 1,000 words. Up to `always` occurrences are allowed in any case. */
export const whatLimit = { perThousand: 6, always: 3 };

/** Longest line of code and comments, in characters. */
const maxLineLength = 120;
/** Longest line of Markdown prose, in characters, without the targets of links. */
const maxProseLength = 130;

/**
 * An offence against a rule.
 *
 * @typedef {object} Finding
 * @property {number} line
 * @property {string} message
 * @property {"word" | "question" | "layout"} kind
 */

/** Lists the banned words of a passage and question words at the start of a doc comment. */
export function wordFindings({ line, text, isDoc }) {
  const lineAt = (index) => line + text.slice(0, index).split("\n").length - 1;
  const found = [...text.matchAll(anyBannedWord)].flatMap(({ 0: match, index }) => {
    const { use, natural = [] } = bannedWords.find(({ word }) => new RegExp(`^(?:${word.source})$`, "i").test(match));
    const isAround = (phrase) => phrase.index <= index && index + match.length <= phrase.index + phrase[0].length;
    if (natural.some((pattern) => [...text.matchAll(pattern)].some(isAround))) return [];
    return [{ line: lineAt(index), message: `"${match.replace(/\s+/g, " ")}": write ${use}`, kind: "word" }];
  });
  const question = isDoc ? questionStart.exec(text)?.[0].trim() : undefined;
  if (question === undefined) return found;
  const message = `a doc comment begins with a noun phrase or a verb in the third person, not with "${question}"`;
  return [{ line: lineAt(text.search(/\S/)), message, kind: "question" }, ...found];
}

/** Lists the lines that are too long, except lines that consist of one long word, such as a URL or a checksum. */
export function longLines(lines, isMarkdown) {
  const limit = isMarkdown ? maxProseLength : maxLineLength;
  return lines.flatMap((content, index) => {
    const { length } = isMarkdown ? content.replace(/\]\([^)]*\)/g, "]()") : content;
    if (length <= limit || (isMarkdown && content.startsWith("|")) || /\S{80}/.test(content)) return [];
    return [{ line: index + 1, message: `${length} characters; the limit is ${limit}`, kind: "layout" }];
  });
}

/** Lists the tables of a Markdown page with an empty column title. */
export function untitledColumns(lines) {
  return lines.flatMap((content, index) => {
    const isHeader = /^\|(?: *:?-+:? *\|)+ *$/.test(lines[index + 1] ?? "");
    return isHeader && /\|\s*\|/.test(content)
      ? [{ line: index + 1, message: "a column has no title", kind: "layout" }]
      : [];
  });
}

export function wordsIn(text) {
  return text.match(/[A-Za-z][A-Za-z'’-]*/g)?.length ?? 0;
}

export function whatsIn(text) {
  return text.match(/\bwhat\b/gi)?.length ?? 0;
}
