import { type Result, reaches } from "../../measure.ts";
import type { Palette } from "./palette.ts";
import { element, line, picture, text } from "./svg.ts";

const WIDTH = 860;
const NAMES = 470;
const ROW = 36;
const TOP = 48;
const MAX_NAME_LENGTH = 68;
const MAX_AGAINST_LENGTH = 86;

/** Draws a bar for each row, which shows the ratio relative to the goal on a logarithmic scale, and the spread. */
export function ratioChart(title: string, rows: readonly Result[], palette: Palette): string {
  const shares = rows.flatMap((row) => [shareOf(row, row.ratio), ...row.spread.map((ratio) => shareOf(row, ratio))]);
  const [least, most] = [Math.min(0.5, ...shares), Math.max(2, ...shares)];
  const x = (share: number): number =>
    NAMES + ((Math.log(share) - Math.log(least)) / (Math.log(most) - Math.log(least))) * (WIDTH - NAMES - 60);
  const height = TOP + rows.length * ROW + 12;
  const bars = rows.flatMap((row, index) => {
    const y = TOP + index * ROW;
    const share = shareOf(row, row.ratio);
    const colour = reaches(row) ? palette.good : palette.bad;
    const [from, to] = [x(Math.min(1, share)), x(Math.max(1, share))];
    const [low, high] = row.spread.map((ratio) => x(shareOf(row, ratio))) as [number, number];
    return [
      ...label(row, y, palette),
      element("rect", { x: from, y: y + 8, width: Math.max(1, to - from), height: 13, fill: colour }),
      line(low, y + 14.5, high, y + 14.5, palette.text, { "stroke-width": 1.5 }),
      text(Math.max(to, low, high) + 6, y + 18, `${row.ratio.toFixed(2)}x`, palette, { "font-size": "11" }),
    ];
  });
  return picture(WIDTH, height, title, palette, [
    text(16, 22, title, palette, { "font-size": "15", "font-weight": "600" }),
    text(x(1), 40, "goal", palette, { "text-anchor": "middle", "font-size": "11" }),
    line(x(1), 44, x(1), height - 8, palette.text, { "stroke-dasharray": "3 3" }),
    ...bars,
  ]);
}

/** Returns the ratio relative to the goal: 1 if it equals the goal, and more if it is better. */
function shareOf({ goal = 1, lowerIsBetter }: Result, ratio: number): number {
  return lowerIsBetter === true ? goal / ratio : ratio / goal;
}

/** Draws the name of a row, and below it the baseline, if the row names one. */
function label({ name, against }: Result, y: number, palette: Palette): readonly string[] {
  const end = { "text-anchor": "end" };
  const nameText = shortened(name, MAX_NAME_LENGTH);
  if (against === undefined) return [text(NAMES - 10, y + 18, nameText, palette, end)];
  const small = { ...end, "font-size": "10", "fill-opacity": "0.75" };
  const againstText = shortened(`compared with ${against}`, MAX_AGAINST_LENGTH);
  return [text(NAMES - 10, y + 13, nameText, palette, end), text(NAMES - 10, y + 26, againstText, palette, small)];
}

function shortened(content: string, maxLength: number): string {
  return content.length > maxLength ? `${content.slice(0, maxLength - 2)}...` : content;
}
