import type { FileState } from "../events/file-state.ts";
import type { ExpectedState } from "../log/expected-state.ts";
import { linesToCompare, type Mismatch } from "../verify.ts";
import { type FolderLines, folderOf } from "./lines-by-folder.ts";

/**
 * Compares the read model with the files at the end of the history.
 *
 * @param states - the replayed state of every path
 */
export function verifyFolders(
  folders: ReadonlyMap<string, FolderLines>,
  states: ReadonlyMap<string, FileState>,
  expected: ExpectedState,
): readonly Mismatch[] {
  const totals = new Map<string, FolderLines>();
  for (const path of new Set([...states.keys(), ...expected.keys()])) {
    const folder = folderOf(path);
    const { lines = 0, changes = 0 } = totals.get(folder) ?? {};
    const state = states.get(path);
    totals.set(folder, {
      lines: lines + linesToCompare(state, expected.get(path)),
      changes: changes + (state?.changes ?? 0),
    });
  }
  return [...new Set([...totals.keys(), ...folders.keys()])].flatMap((path): readonly Mismatch[] => {
    const [right, actual] = [describe(totals.get(path)), describe(folders.get(path))];
    return right === actual ? [] : [{ path, expected: right, actual }];
  });
}

function describe(folder: FolderLines | undefined): string {
  return `${folder?.lines ?? 0} lines after ${folder?.changes ?? 0} events`;
}
