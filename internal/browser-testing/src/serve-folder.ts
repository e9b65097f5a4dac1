import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

/** Options of `serveFolder`. */
export interface ServeFolderOptions {
  /** Path below which the folder is served, with a slash at both ends. @default "/" */
  readonly base?: string;
}

/** A running web server for a folder. */
export interface FolderServer {
  /** Address of the folder on loopback, with a trailing slash. */
  readonly url: string;
  /** Stops the server and closes its connections. */
  close(): Promise<void>;
  /** Calls `close()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};

/**
 * Serves the files of a folder over HTTP on a free port of 127.0.0.1, like a static host: `/guide/` is
 * `guide/index.html` and `/guide` is `guide.html`. A missing file is answered with status 404 and `404.html`.
 *
 * @example
 * ```ts
 * await using site = await serveFolder("docs-site");
 * await page.goto(site.url);
 * ```
 */
export async function serveFolder(folder: string, { base = "/" }: ServeFolderOptions = {}): Promise<FolderServer> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const path = pathname.startsWith(base) ? normalize(`/${decodeURIComponent(pathname.slice(base.length))}`) : "";
    for (const file of candidates(path)) {
      const content = await readFile(join(folder, file)).catch(() => undefined);
      if (content !== undefined) return send(response, 200, file, content);
    }
    const page = await readFile(join(folder, "404.html")).catch(() => "not found");
    send(response, 404, "404.html", page);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}${base}`, close, [Symbol.asyncDispose]: close };
}

function candidates(path: string): readonly string[] {
  if (path === "") return [];
  if (path.endsWith("/")) return [`${path}index.html`];
  return extname(path) === "" ? [`${path}.html`, path] : [path, `${path}.html`];
}

function send(response: ServerResponse, status: number, file: string, content: Buffer | string): void {
  response.writeHead(status, { "content-type": contentTypes[extname(file)] ?? "application/octet-stream" });
  response.end(content);
}
