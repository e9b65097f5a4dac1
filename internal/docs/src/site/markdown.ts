/** A passage of a Markdown page: a block of code, or everything between two blocks. */
export interface Passage {
  readonly isCode: boolean;
  readonly text: string;
}

const codeBlock = /^( *)(`{3,})[^\n]*\n[\s\S]*?^\1\2 *$/gm;

/** Splits a page into its code blocks and the text between them. */
export function passagesOf(markdown: string): readonly Passage[] {
  const passages: Passage[] = [];
  let end = 0;
  for (const { 0: text, index } of markdown.matchAll(codeBlock)) {
    passages.push({ isCode: false, text: markdown.slice(end, index) }, { isCode: true, text });
    end = index + text.length;
  }
  return [...passages, { isCode: false, text: markdown.slice(end) }];
}

/** Returns the title of a page: its first heading, without formatting. */
export function titleOf(markdown: string): string | undefined {
  const title = /^# (.+)$/m.exec(markdown)?.[1];
  return title === undefined ? undefined : plain(title);
}

/** Returns the first paragraph of a page as plain text, with at most 160 characters. */
export function descriptionOf(markdown: string): string {
  const text = passagesOf(markdown)
    .filter(({ isCode }) => !isCode)
    .map((passage) => passage.text)
    .join("\n\n");
  const paragraph = text.split(/\n\s*\n/).find((block) => /^\s*[\w`*"[(]/.test(block) && !/^\s*\d+\. /.test(block));
  const sentence = plain(paragraph ?? "").trim();
  if (sentence.length <= 160) return sentence;
  const cut = sentence.slice(0, 160);
  const end = cut.lastIndexOf(". ");
  return end > 60 ? cut.slice(0, end + 1) : `${cut.slice(0, cut.lastIndexOf(" "))}…`;
}

/** Removes links, formatting and escapes, and joins the lines. VitePress does not escape quotation marks. */
function plain(markdown: string): string {
  return markdown
    .replaceAll('"', "'")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[`*]|\\(?=[^\w\s])/g, "")
    .replace(/\s+/g, " ");
}

/** Returns the anchor of a heading in the form that GitHub generates, so that links work on both. */
export function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}
