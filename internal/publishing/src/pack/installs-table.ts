/** What the installation of a package brings. */
export interface Row {
  readonly name: string;
  /** The other packages that come, by name. */
  readonly brings: readonly string[];
  readonly unpackedBytes: number;
  /** Absent for a command, which nobody bundles. */
  readonly minifiedBytes: number | undefined;
}

const introduction = `# What an install brings

Each package, installed alone from its tarball into an empty folder: what comes with it, the size of all files that came, and
the size of everything it exports, bundled with what it needs and minified. Optional peers, such as the NATS clients, are the
application's own and do not count.

`;

/** The page as it is committed. */
export function printTable(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ name, brings, unpackedBytes, minifiedBytes }) =>
      `| ${name} | ${brings.join(", ") || "nothing"} | ${kilobytes(unpackedBytes)} | ${
        minifiedBytes === undefined ? "-" : kilobytes(minifiedBytes)
      } |\n`,
  );
  return `${introduction}| package | brings | unpacked | minified |\n| --- | --- | ---: | ---: |\n${lines.join("")}`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

export function parseTable(page: string): readonly Row[] {
  return [...page.matchAll(/^\| (\S+) \| (.+?) \| ([\d.]+) kB \| (?:([\d.]+) kB|-) \|$/gm)].map(
    ([, name = "", brings = "", unpacked, minified]) => ({
      name,
      brings: brings === "nothing" ? [] : brings.split(", "),
      unpackedBytes: Number(unpacked) * 1000,
      minifiedBytes: minified === undefined ? undefined : Number(minified) * 1000,
    }),
  );
}

/**
 * Sizes may differ by a tenth, or by two kilobytes: small changes need no new table. What comes must be exactly the
 * same.
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
      const [was, is] = [old.brings, row.brings].map((names) => names.join(", ") || "nothing");
      return [
        ...(was === is ? [] : [`${row.name}: brings ${is}; the table says ${was}`]),
        ...sizeDifference(row.name, "unpacked", old.unpackedBytes, row.unpackedBytes),
        ...sizeDifference(row.name, "minified", old.minifiedBytes, row.minifiedBytes),
      ];
    }),
  ];
}

function sizeDifference(name: string, what: string, was = 0, is = 0): readonly string[] {
  if (Math.abs(is - was) <= Math.max(was / 10, 2000)) return [];
  return [`${name}: ${what} it is ${kilobytes(is)}; the table says ${kilobytes(was)}`];
}
