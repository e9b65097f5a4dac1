/**
 * A run of prose: a comment, or the text of a Markdown page.
 *
 * @typedef {object} Passage
 * @property {number} line - line number of the first line, starting at 1
 * @property {string} text - the prose, with its line breaks and without code
 * @property {boolean} isDoc - true for a doc comment
 */

const expressionEnd = /[\w$)\]}]$/;
const keywordEnd = /(?:^|[^\w$.])(?:return|typeof|case|in|of|do|else|void|delete|instanceof|new|throw|yield|await)$/;

/**
 * Lists the comments of a TypeScript, JavaScript or CSS source. Consecutive line comments are one passage.
 *
 * @returns {readonly Passage[]}
 */
export function commentsOf(source) {
  return joined(scan(source)).map(({ line, text, isDoc }) => ({ line, isDoc, text: withoutCode(text) }));
}

/** Lists the comments of a shell script, a YAML file or a configuration file of nats-server. */
export function hashCommentsOf(source) {
  const found = source.split("\n").flatMap((content, index) => {
    const text = /(?:^|\s)#(?!!)\s?(.*)$/.exec(content)?.[1];
    const alone = /^\s*#/.test(content);
    return text === undefined ? [] : [{ line: index + 1, text, isDoc: false, isLine: alone }];
  });
  return joined(found).map(({ line, text, isDoc }) => ({ line, isDoc, text: withoutCode(text) }));
}

/** Replaces code, links and directives in prose by blanks. Keeps the line breaks. */
export function withoutCode(text) {
  const blank = (code) => code.replace(/[^\n]+/g, " ");
  return text
    .replace(/^\s*```[\s\S]*?^\s*```/gm, blank)
    .replace(/`[^`]*`/g, blank)
    .replace(/\{@link [^}]*\}|\bhttps?:\/\/\S+/g, blank)
    .replace(/\bbiome-ignore[^\n:]*|^\/ ?<reference[^\n]*|@\w[\w-]*/gm, blank);
}

/** Finds comments without mistaking a string, a template or a regular expression for one. */
function scan(source) {
  const found = [];
  const templates = []; // for each open `${`, the number of open braces inside it
  let line = 1;
  let index = 0;
  let before = ""; // the last characters of the code so far, without blanks
  const skip = (pattern) => {
    pattern.lastIndex = index;
    const text = pattern.exec(source)?.[0] ?? source[index];
    index += text.length;
    line += text.split("\n").length - 1;
    return text;
  };
  const template = () => {
    if (skip(/(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{|$)/y).endsWith("${")) templates.push(0);
    before = "`}";
  };
  while (index < source.length) {
    const char = source[index];
    const start = line;
    if (source.startsWith("//", index)) {
      const text = skip(/\/\/[^\n]*/y);
      const lineStart = source.lastIndexOf("\n", index - text.length) + 1;
      const isLine = source.slice(lineStart, index - text.length).trim() === "";
      found.push({ line: start, text: text.slice(2).trim(), isDoc: false, isLine });
    } else if (source.startsWith("/*", index)) {
      const text = skip(/\/\*[\s\S]*?\*\//y);
      const isDoc = /^\/\*\*[^*/]/.test(text);
      found.push({ line: start, text: text.replace(/^\/\*+|\*+\/$|^[ \t]*\*(?!\/) ?/gm, ""), isDoc, isLine: false });
    } else if (char === '"' || char === "'") {
      skip(char === '"' ? /"(?:[^"\\\n]|\\[\s\S])*"?/y : /'(?:[^'\\\n]|\\[\s\S])*'?/y);
      before = char;
    } else if (char === "`") {
      index += 1;
      template();
    } else if (char === "}" && templates.at(-1) === 0) {
      templates.pop();
      index += 1;
      template();
    } else if (char === "/" && (!expressionEnd.test(before) || keywordEnd.test(before))) {
      skip(/\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y);
      before = "a";
    } else {
      if (templates.length > 0 && char === "{") templates[templates.length - 1] += 1;
      if (templates.length > 0 && char === "}") templates[templates.length - 1] -= 1;
      if (char.trim() === "") skip(/\s+/y);
      else before = (before + skip(/[\w$]+|./sy)).slice(-12);
    }
  }
  return found;
}

/** Joins line comments on consecutive lines. */
function joined(comments) {
  const passages = [];
  for (const comment of comments) {
    const last = passages.at(-1);
    const isNext = last?.isLine && comment.isLine && comment.line === last.line + last.text.split("\n").length;
    if (isNext) last.text += `\n${comment.text}`;
    else passages.push({ ...comment });
  }
  return passages;
}
