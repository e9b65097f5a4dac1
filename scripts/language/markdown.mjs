import { commentsOf, hashCommentsOf, withoutCode } from "./comments.mjs";

const codeBlock = /^( *)(```+)(\w*)[^\n]*\n([\s\S]*?)^ *\2/gm;

/** Lists the prose of a Markdown page and the comments in its code blocks. */
export function proseOf(markdown) {
  const inCode = [...markdown.matchAll(codeBlock)].flatMap(({ index, 3: language, 4: code }) => {
    const before = markdown.slice(0, index).split("\n").length;
    const comments = /^(?:ts|js|json|css)$/.test(language) ? commentsOf(code) : hashCommentsOf(code);
    return language === "text" ? [] : comments.map((each) => ({ ...each, line: each.line + before, isDoc: false }));
  });
  const text = withoutCode(withoutBlocks(markdown))
    .replace(/\]\([^)]*\)/g, "]")
    .replace(/^\[[^\]]+\]: \S+/gm, "");
  return [{ line: 1, text, isDoc: false }, ...inCode];
}

/** Replaces the code blocks of a Markdown page by empty lines. */
export function withoutBlocks(markdown) {
  return markdown.replace(codeBlock, emptied);
}

/** Replaces the generated parts of a Markdown page by empty lines. */
export function withoutMeasurements(markdown) {
  return markdown.replace(/^<!-- measured -->$[\s\S]*?^<!-- \/measured -->$/gm, emptied);
}

function emptied(block) {
  return block.replace(/[^\n]+/g, "");
}
