/** Renders a table. The first column is text, the others are figures and aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [head, rule, ...rows].map(line).join("\n");
}

/** Replaces the text between the markers `<!-- name -->` and `<!-- /name -->` of a page. */
export function withSection(page: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page lacks the markers ${begin} and ${end}`);
  return `${page.slice(0, from)}${begin}\n\n${content}\n\n${page.slice(to)}`;
}

/** Formats a share, such as `99.8%`. Shows 100% only for the whole, and 0.0% only for nothing. */
export function percent(part: number, whole: number): string {
  if (part === whole) return "100%";
  const value = Math.min(99.9, Math.max(part === 0 ? 0 : 0.1, (100 * part) / whole));
  return `${value < 10 || value > 99 ? value.toFixed(1) : value.toFixed(0)}%`;
}
