import type { Section } from "../../results.ts";
import type { Contest } from "../../retry/contest.ts";
import { hasDefaultOptions } from "../../retry/patterns.ts";
import type { Curve, Point } from "../../suite.ts";
import type { SuiteName } from "../../suites.ts";
import { lineChart } from "./line-chart.ts";
import { type Palette, palettes } from "./palette.ts";
import { ratioChart } from "./ratio-chart.ts";

/** A chart that can be drawn in both colour schemes. */
export interface Chart {
  /** Name of the image files, without the colour scheme and the extension. */
  readonly file: string;
  /** Alternative text. */
  readonly alternative: string;
  readonly draw: (palette: Palette) => string;
}

export type Scheme = keyof typeof palettes;

export const schemes: readonly Scheme[] = Object.keys(palettes) as Scheme[];

/** Returns the charts of a section. */
export function chartsOf(suite: SuiteName, title: string, section: Section): readonly Chart[] {
  const withGoals = section.rows.filter(({ goal }) => goal !== undefined);
  const ratios = `${title}: ratios relative to their goals`;
  return [
    ...(withGoals.length < 3
      ? []
      : [
          {
            file: `${suite}-goals`,
            alternative: ratios,
            draw: (palette: Palette) => ratioChart(ratios, withGoals, palette),
          },
        ]),
    ...joinedCurves(section.curves).map((curve) => ({
      file: `${suite}-${slug(`${curve.name} ${curve.x}`)}`,
      alternative: alternativeOf(curve),
      draw: (palette: Palette) => lineChart(curve, palette),
    })),
    ...contestCurves(section.contests).map((curve) => ({
      file: `${suite}-${slug(curve.name)}`,
      alternative: alternativeOf(curve),
      draw: (palette: Palette) => lineChart(curve, palette, { top: 100 }),
    })),
  ];
}

export function drawn({ draw }: Chart, scheme: Scheme): string {
  return draw(palettes[scheme]);
}

/** Merges curves that have the same name and horizontal axis, so that one chart shows them. */
function joinedCurves(curves: readonly Curve[]): readonly Curve[] {
  const joined = new Map<string, Curve>();
  for (const curve of curves) {
    const key = `${curve.name} ${curve.x}`;
    const known = joined.get(key);
    joined.set(key, known === undefined ? curve : { ...known, series: [...known.series, ...curve.series] });
  }
  return [...joined.values()];
}

/** Returns the share of events that each policy saves, by the number of writers to one actor. */
function contestCurves(contests: readonly Contest[]): readonly Curve[] {
  return (["jetstream", "memory"] as const).flatMap((store) => {
    const ofStore = contests.filter((contest) => contest.store === store && contest.actors === 1);
    const patterns = [...new Set(ofStore.map(({ pattern }) => pattern))].filter(hasDefaultOptions);
    if (patterns.length === 0) return [];
    const pointsOf = (pattern: string): readonly Point[] =>
      ofStore
        .filter((contest) => contest.pattern === pattern)
        .map(({ writers, saved, calls }) => {
          const share = (100 * saved) / calls;
          return { x: writers, y: share, spread: [share, share] };
        });
    return [
      {
        name: `Share of events saved to one actor, ${store === "memory" ? "in memory" : "JetStream"}`,
        x: "number of writers",
        unit: "%",
        series: patterns.map((pattern) => ({ name: pattern, points: pointsOf(pattern) })),
      },
    ];
  });
}

function alternativeOf({ name, x, unit }: Curve): string {
  return `${name}, by ${x}, in ${unit}`;
}

function slug(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
