export type { Browser, BrowserContext, Page } from "playwright-core";
export { chromiumForTests } from "./chromium-for-tests.ts";
export { ensureChromium } from "./find/ensure-chromium.ts";
export { ChromiumNotFoundError, findChromium } from "./find/find-chromium.ts";
export { launchChromium } from "./launch-chromium.ts";
export { type FolderServer, type ServeFolderOptions, serveFolder } from "./serve-folder.ts";
