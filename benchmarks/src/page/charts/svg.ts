import type { Palette } from "./palette.ts";

type Attributes = Readonly<Record<string, string | number>>;

/** Renders an element. Numbers are rounded to a tenth of a pixel. */
export function element(name: string, attributes: Attributes, content = ""): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === "number" ? pixels(value) : value}"`,
  );
  return `<${name}${written.join("")}>${content}</${name}>`;
}

export function text(x: number, y: number, content: string, palette: Palette, attributes: Attributes = {}): string {
  return element("text", { x, y, fill: palette.text, ...attributes }, escaped(content));
}

export function line(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  stroke: string,
  attributes: Attributes = {},
): string {
  return element("line", { x1, y1, x2, y2, stroke, ...attributes });
}

/** Renders an SVG document with a title for screen readers. */
export function picture(
  width: number,
  height: number,
  title: string,
  palette: Palette,
  content: readonly string[],
): string {
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    "font-family": "system-ui, sans-serif",
    "font-size": "12",
  };
  const background = element("rect", { width, height, fill: palette.background });
  const lines = ["", element("title", {}, escaped(title)), background, ...content, ""];
  return `${element("svg", attributes, lines.join("\n"))}\n`;
}

function pixels(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
