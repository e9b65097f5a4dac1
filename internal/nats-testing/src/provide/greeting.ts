import { connect } from "node:net";

export interface GreetingOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The version of the server at `url`, from the `INFO` with which every nats-server greets a connection, before any
 * credentials or TLS.
 */
export function readGreeting(url: string, options: GreetingOptions): Promise<string> {
  const { timeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const socket = connect({ ...addressOf(url), ...(signal === undefined ? {} : { signal }) });
    const timer = setTimeout(() => socket.destroy(new Error(`it said nothing within ${timeoutMs} ms`)), timeoutMs);
    let heard = "";
    socket.setEncoding("utf8").on("data", (text: string) => {
      heard += text;
      const version = /^INFO \{.*"version":"([^"]+)".*\}\s*\r\n/.exec(heard)?.[1];
      if (version !== undefined) resolve(version);
      if (version !== undefined || heard.includes("\n")) socket.end();
    });
    socket.once("error", (error) => reject(signal?.aborted ? signal.reason : error));
    socket.once("close", () => {
      clearTimeout(timer);
      reject(new Error("what answers is not a nats-server"));
    });
  });
}

function addressOf(url: string): { readonly host: string; readonly port: number } {
  const full = url.includes("://") ? url : `nats://${url}`;
  // The error that URL throws would carry the user and password on.
  if (!URL.canParse(full)) throw new Error("it is not the URL of one server");
  const { protocol, hostname, port } = new URL(full);
  if (protocol !== "nats:" && protocol !== "tls:")
    throw new Error(`${protocol}// is not supported, nats:// and tls:// are`);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? 4222 : Number(port) };
}
