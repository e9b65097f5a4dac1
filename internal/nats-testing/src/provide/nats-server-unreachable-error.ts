/** No nats-server answers where `NATS_URL` says that one is. */
export class NatsServerUnreachableError extends Error {
  override readonly name: string = "NatsServerUnreachableError";
  readonly code = "NATS_SERVER_UNREACHABLE" as const;
  /** Without the user and password that it may hold. */
  readonly url: string;

  constructor(url: string, cause: unknown) {
    const shown = url.replace(/^([a-z]+:\/\/)?.*@/, "$1");
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`no nats-server answers at NATS_URL=${shown}: ${why}; start it, or unset NATS_URL to have one started`, {
      cause,
    });
    this.url = shown;
  }
}
