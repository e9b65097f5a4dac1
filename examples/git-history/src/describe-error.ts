/** Returns an error's message and, on further lines, the messages of its causes. Leaves out repeated messages. */
export function describeError(error: unknown): string {
  const lines = [messageOf(error)];
  if (error instanceof AggregateError) lines.push(...error.errors.map(describeError));
  for (let cause = causeOf(error); cause !== undefined; cause = causeOf(cause)) {
    const [firstLine = ""] = messageOf(cause).split("\n");
    if (!lines.some((line) => line.includes(firstLine))) lines.push(firstLine);
  }
  return lines.join("\n  ");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
