export interface Palette {
  readonly background: string;
  readonly text: string;
  readonly faint: string;
  readonly good: string;
  readonly bad: string;
  readonly series: readonly string[];
}

/** The colours of both schemes. Readers with colour vision deficiency can distinguish them (Okabe and Ito). */
export const palettes: Readonly<Record<"light" | "dark", Palette>> = {
  light: {
    background: "#ffffff",
    text: "#24292f",
    faint: "#d0d7de",
    good: "#0072b2",
    bad: "#d55e00",
    series: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#cf222e", "#b08800", "#6e7781", "#8250df", "#1b7c83"],
  },
  dark: {
    background: "#0d1117",
    text: "#e6edf3",
    faint: "#3d444d",
    good: "#56b4e9",
    bad: "#e69f00",
    series: ["#56b4e9", "#e69f00", "#2ebf91", "#e8a3cb", "#ff7b72", "#f0e442", "#9198a1", "#bc8cff", "#56d4dd"],
  },
};
