/** What went wrong and, line by line, because of what, as far as the messages do not say it already. */
export function describeError(error: unknown): string {
  const lines: string[] = [];
  for (let at = error; at !== undefined; at = at instanceof Error ? at.cause : undefined) {
    const message = at instanceof Error ? at.message || at.name : String(at);
    if (!lines.some((line) => line.includes(message))) lines.push(message);
    if (at instanceof AggregateError) lines.push(...at.errors.map(describeError));
  }
  return lines.join("\n  ");
}
