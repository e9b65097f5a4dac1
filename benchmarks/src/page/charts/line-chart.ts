import { formatNumber } from "../../print.ts";
import type { Curve, Point } from "../../suite.ts";
import type { Palette } from "./palette.ts";
import { element, line, picture, text } from "./svg.ts";

const [WIDTH, HEIGHT] = [860, 340];
const [LEFT, RIGHT, TOP, BOTTOM] = [80, 260, 48, 48];

export interface LineChartOptions {
  /** Highest value of the vertical axis. By default, the axis fits the data. */
  readonly top?: number;
}

/** Draws a line for each series, and the spread of each value. Only the horizontal axis is logarithmic. */
export function lineChart(
  { name, x: axisTitle, unit, series }: Curve,
  palette: Palette,
  { top }: LineChartOptions = {},
): string {
  const points = series.flatMap((each) => each.points);
  const xs = [...new Set(points.map((point) => point.x))].sort((a, b) => a - b);
  const highest = top ?? niceCeiling(Math.max(...points.map((point) => point.spread[1])));
  const [first, last] = [Math.log(xs[0] ?? 1), Math.log(xs.at(-1) ?? 1)];
  const x = (value: number): number =>
    LEFT + ((Math.log(value) - first) / (last - first || 1)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => HEIGHT - BOTTOM - (value / highest) * (HEIGHT - TOP - BOTTOM);
  const end = HEIGHT - BOTTOM;
  const axes = [
    ...[0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
      line(LEFT, y(share * highest), WIDTH - RIGHT, y(share * highest), palette.faint),
      text(LEFT - 8, y(share * highest) + 4, formatNumber(share * highest), palette, { "text-anchor": "end" }),
    ]),
    ...xs.map((value) => text(x(value), end + 18, value.toLocaleString("en"), palette, { "text-anchor": "middle" })),
    text((LEFT + WIDTH - RIGHT) / 2, end + 38, axisTitle, palette, { "text-anchor": "middle" }),
  ];
  const lines = series.flatMap((each, index) => {
    const colour = palette.series[index % palette.series.length] ?? palette.text;
    return [
      element("polyline", { points: path(each.points, x, y), fill: "none", stroke: colour, "stroke-width": 2 }),
      ...each.points.flatMap((point) => [
        line(x(point.x), y(point.spread[0]), x(point.x), y(point.spread[1]), colour),
        element("circle", { cx: x(point.x), cy: y(point.y), r: 3.5, fill: colour }),
      ]),
      element("rect", { x: WIDTH - RIGHT + 24, y: TOP + index * 20, width: 14, height: 4, fill: colour }),
      text(WIDTH - RIGHT + 46, TOP + index * 20 + 6, each.name, palette),
    ];
  });
  return picture(WIDTH, HEIGHT, `${name}, ${unit}`, palette, [
    text(16, 22, `${name}, ${unit}`, palette, { "font-size": "15", "font-weight": "600" }),
    ...axes,
    ...lines,
  ]);
}

function path(points: readonly Point[], x: (value: number) => number, y: (value: number) => number): string {
  return points.map((point) => `${Math.round(x(point.x) * 10) / 10},${Math.round(y(point.y) * 10) / 10}`).join(" ");
}

/** Returns the smallest number of at least the value that is 1, 2, 4, 5, 8 or 10 times a power of ten. */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return (([1, 2, 4, 5, 8, 10] as const).find((factor) => factor * power >= value) ?? 10) * power;
}
