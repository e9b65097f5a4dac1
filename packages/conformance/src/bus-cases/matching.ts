/** Returns true if a namespace matches a pattern by the rules of NATS. */
export function matches(pattern: string, namespace: string): boolean {
  const [wanted, tokens] = [pattern.split("."), namespace.split(".")];
  if (wanted.at(-1) === ">") {
    const head = wanted.slice(0, -1);
    return tokens.length > head.length && head.every((token, at) => token === "*" || token === tokens[at]);
  }
  return wanted.length === tokens.length && wanted.every((token, at) => token === "*" || token === tokens[at]);
}
