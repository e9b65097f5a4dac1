/** A row of the table: the result of installing one package. */
export interface Row {
  readonly name: string;
  /** Names of the other packages that are installed with it. */
  readonly installs: readonly string[];
  readonly unpackedBytes: number;
  /** Undefined for a package with only a command, which is not bundled. */
  readonly minifiedBytes: number | undefined;
}

const introduction = `# Install sizes

Each package, installed alone from its tarball into an empty folder: the packages that are installed with it, the size
of all installed files, and the size of all its exports, bundled with their dependencies and minified. Optional peers,
such as the NATS clients, belong to the application and do not count.

`;

/** Returns the page with the table. */
export function printTable(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ name, installs, unpackedBytes, minifiedBytes }) =>
      `| ${name} | ${installs.join(", ") || "nothing"} | ${kilobytes(unpackedBytes)} | ${
        minifiedBytes === undefined ? "-" : kilobytes(minifiedBytes)
      } |\n`,
  );
  return `${introduction}| package | installs | unpacked | minified |\n| --- | --- | ---: | ---: |\n${lines.join("")}`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

/** Reads the rows of a page. */
export function parseTable(page: string): readonly Row[] {
  return [...page.matchAll(/^\| (\S+) \| (.+?) \| ([\d.]+) kB \| (?:([\d.]+) kB|-) \|$/gm)].map(
    ([, name = "", installs = "", unpacked, minified]) => ({
      name,
      installs: installs === "nothing" ? [] : installs.split(", "),
      unpackedBytes: Number(unpacked) * 1000,
      minifiedBytes: minified === undefined ? undefined : Number(minified) * 1000,
    }),
  );
}

/**
 * Compares two tables. The installed packages must be the same. Sizes may differ by 10% or by 2 kB, whichever is more,
 * so that small changes do not require a new table.
 */
export function differences(committed: readonly Row[], measured: readonly Row[]): readonly string[] {
  const before = new Map(committed.map((row) => [row.name, row]));
  const names = new Set(measured.map(({ name }) => name));
  return [
    ...committed
      .filter(({ name }) => !names.has(name))
      .map(({ name }) => `${name}: is in the table, but not published`),
    ...measured.flatMap((row) => {
      const old = before.get(row.name);
      if (old === undefined) return [`${row.name}: is not in the table`];
      const [was, is] = [old.installs, row.installs].map((names) => names.join(", ") || "nothing");
      return [
        ...(was === is ? [] : [`${row.name}: installs ${is}; the table says ${was}`]),
        ...sizeDifference(row.name, "unpacked", old.unpackedBytes, row.unpackedBytes),
        ...sizeDifference(row.name, "minified", old.minifiedBytes, row.minifiedBytes),
      ];
    }),
  ];
}

function sizeDifference(name: string, measure: string, was = 0, is = 0): readonly string[] {
  if (Math.abs(is - was) <= Math.max(was / 10, 2000)) return [];
  return [`${name}: ${measure} size is ${kilobytes(is)}; the table says ${kilobytes(was)}`];
}
