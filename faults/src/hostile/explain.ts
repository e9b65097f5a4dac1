/** Returns the message of an error, followed by the messages of its causes. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? String(error) : `${error}, because: ${explain(error.cause)}`;
}

/** Shortens a text of more than 300 characters. */
export function cut(text: string | undefined): string {
  return text === undefined || text.length <= 300
    ? String(text)
    : `${text.slice(0, 250)}... (${text.length} characters)`;
}
