import { type Result, reaches } from "../../measure.ts";
import type { Palette } from "./palette.ts";
import { element, line, picture, text } from "./svg.ts";

const WIDTH = 860;
const NAMES = 470;
const ROW = 26;
const TOP = 48;

/** Draws a bar for each row: its ratio divided by its goal, on a logarithmic scale, with the spread. */
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
      text(NAMES - 10, y + 14, shortened(row), palette, { "text-anchor": "end" }),
      element("rect", { x: from, y: y + 4, width: Math.max(1, to - from), height: 13, fill: colour }),
      line(low, y + 10.5, high, y + 10.5, palette.text, { "stroke-width": 1.5 }),
      text(Math.max(to, low, high) + 6, y + 14, `${row.ratio.toFixed(2)}x`, palette, { "font-size": "11" }),
    ];
  });
  return picture(WIDTH, height, title, palette, [
    text(16, 22, title, palette, { "font-size": "15", "font-weight": "600" }),
    text(x(1), 40, "goal", palette, { "text-anchor": "middle", "font-size": "11" }),
    line(x(1), 44, x(1), height - 8, palette.text, { "stroke-dasharray": "3 3" }),
    ...bars,
  ]);
}

/** Returns the ratio relative to the goal. 1 is the goal, and higher is better. */
function shareOf({ goal = 1, lowerIsBetter }: Result, ratio: number): number {
  return lowerIsBetter === true ? goal / ratio : ratio / goal;
}

function shortened({ name, against }: Result): string {
  const whole = against === undefined ? name : `${name}, against ${against}`;
  return whole.length > 68 ? `${whole.slice(0, 66)}...` : whole;
}
