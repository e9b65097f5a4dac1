import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The bundled input. */
export const dataFiles: { readonly log: string; readonly expected: string } = {
  log: fileURLToPath(new URL("../../data/nats-js.log", import.meta.url)),
  expected: fileURLToPath(new URL("../../data/nats-js.expected.tsv", import.meta.url)),
};

export const dataLog = (): Uint8Array => readFileSync(dataFiles.log);
export const dataExpected = (): Uint8Array => readFileSync(dataFiles.expected);

export const bytes = (...lines: readonly string[]): Uint8Array => Buffer.from(`${lines.join("\n")}\n`);

/** Returns the line of a commit whose hash is its number, padded with zeros. */
export function commitLine(number: number): string {
  return `commit\t${number.toString(16).padStart(40, "0")}\t2026-02-28T12:00:00+01:00`;
}
