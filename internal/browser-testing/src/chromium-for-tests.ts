import { ChromiumNotFoundError, findChromium } from "./find/find-chromium.ts";
import { type Machine, thisMachine } from "./find/machine.ts";

/**
 * Returns the path of the Chromium for a test file. Without a Chromium, it returns `undefined` and prints how to get
 * one, so that the file can skip its tests on the machine of a developer. In CI it throws instead: a skipped suite
 * would hide that nothing was tested.
 *
 * @throws {ChromiumNotFoundError} `CHROMIUM_NOT_FOUND`: no Chromium was found, and the environment variable `CI` is set
 * @example
 * ```ts
 * const chromium = chromiumForTests();
 *
 * describe.skipIf(chromium === undefined)("the page in a browser", () => {
 *   let browser: Browser;
 *   beforeAll(async () => { browser = await launchChromium(chromium); });
 *   afterAll(() => browser.close());
 * });
 * ```
 */
export function chromiumForTests(machine: Machine = thisMachine): string | undefined {
  try {
    return findChromium(machine);
  } catch (error) {
    const { CI = "", CHROMIUM_BIN = "" } = machine.env;
    const mayBeMissing = ["", "0", "false"].includes(CI) && CHROMIUM_BIN === "";
    if (!mayBeMissing || !(error instanceof ChromiumNotFoundError)) throw error;
    machine.say(`browser tests are skipped: ${error.message}`);
    return undefined;
  }
}
