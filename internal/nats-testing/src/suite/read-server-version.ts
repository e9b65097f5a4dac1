import { connect } from "node:net";

/** Options of `readServerVersion`. */
export interface ReadServerVersionOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads the version of the server at `url`. A nats-server sends its version in its first message, `INFO`, before it
 * asks for credentials or starts TLS.
 */
export function readServerVersion(url: string, options: ReadServerVersionOptions): Promise<string> {
  const { timeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const socket = connect({ ...addressOf(url), ...(signal === undefined ? {} : { signal }) });
    const timer = setTimeout(() => socket.destroy(new Error(`it sent nothing within ${timeoutMs} ms`)), timeoutMs);
    let received = "";
    socket.setEncoding("utf8").on("data", (text: string) => {
      received += text;
      const version = /^INFO \{.*"version":"([^"]+)".*\}\s*\r\n/.exec(received)?.[1];
      if (version !== undefined) resolve(version);
      if (version !== undefined || received.includes("\n")) socket.end();
    });
    socket.once("error", (error) => reject(signal?.aborted ? signal.reason : error));
    socket.once("close", () => {
      clearTimeout(timer);
      reject(new Error("the server at this address is not a nats-server"));
    });
  });
}

function addressOf(url: string): { readonly host: string; readonly port: number } {
  const full = url.includes("://") ? url : `nats://${url}`;
  // The error that URL throws would contain the user and password.
  if (!URL.canParse(full)) throw new Error("it is not the URL of one server");
  const { protocol, hostname, port } = new URL(full);
  if (protocol !== "nats:" && protocol !== "tls:")
    throw new Error(`${protocol}// is not supported, nats:// and tls:// are`);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? 4222 : Number(port) };
}
