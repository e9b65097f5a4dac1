/** A node of the tree. It represents the patterns that begin with the same tokens. */
interface Node<Value> {
  readonly literals: Map<string, Node<Value>>;
  /** The patterns whose next token is `*`. */
  anyToken: Node<Value> | undefined;
  /** Value of the pattern whose next and last token is `>`. */
  anyRest: Value | undefined;
  /** Value of the pattern that ends at this node. */
  exact: Value | undefined;
}

/**
 * A map from patterns to values that finds the values of all patterns that match a namespace. Patterns form a tree of
 * tokens, so the cost of a search depends on the namespace and on the number of matches, not on the number of patterns.
 *
 * @example
 * ```ts
 * const index = new PatternIndex<{ readonly owner: string }>();
 * index.set("orders.*", { owner: "ann" });
 * index.match("orders.eu"); // [{ owner: "ann" }]
 * ```
 */
export class PatternIndex<Value extends object> {
  readonly #root: Node<Value> = newNode();

  /** True if the index contains no patterns. It then keeps no memory for removed patterns either. */
  get isEmpty(): boolean {
    return isEmpty(this.#root);
  }

  /** Sets the value of a valid pattern, and replaces an earlier value. */
  set(pattern: string, value: Value): void {
    const tokens = pattern.split(".");
    const last = tokens.at(-1) === ">" ? tokens.pop() : undefined;
    let node = this.#root;
    for (const token of tokens) node = child(node, token) ?? addChild(node, token);
    if (last === undefined) node.exact = value;
    else node.anyRest = value;
  }

  /** Removes a pattern and the nodes that no other pattern needs. */
  delete(pattern: string): void {
    const tokens = pattern.split(".");
    const last = tokens.at(-1) === ">" ? tokens.pop() : undefined;
    const path = [this.#root];
    for (const token of tokens) {
      const next = child(path[path.length - 1] as Node<Value>, token);
      if (next === undefined) return;
      path.push(next);
    }
    const end = path[path.length - 1] as Node<Value>;
    if (last === undefined) end.exact = undefined;
    else end.anyRest = undefined;
    for (let depth = tokens.length; depth > 0 && isEmpty(path[depth] as Node<Value>); depth--) {
      removeChild(path[depth - 1] as Node<Value>, tokens[depth - 1] as string);
    }
  }

  /** Returns the values of all patterns that match a valid namespace, in no particular order. */
  match(namespace: string): Value[] {
    const found: Value[] = [];
    collect(this.#root, namespace.split("."), 0, found);
    return found;
  }
}

function collect<Value>(node: Node<Value>, tokens: readonly string[], depth: number, found: Value[]): void {
  const token = tokens[depth];
  if (token === undefined) {
    if (node.exact !== undefined) found.push(node.exact);
    return;
  }
  if (node.anyRest !== undefined) found.push(node.anyRest);
  const literal = node.literals.get(token);
  if (literal !== undefined) collect(literal, tokens, depth + 1, found);
  if (node.anyToken !== undefined) collect(node.anyToken, tokens, depth + 1, found);
}

function newNode<Value>(): Node<Value> {
  return { literals: new Map(), anyToken: undefined, anyRest: undefined, exact: undefined };
}

function child<Value>(node: Node<Value>, token: string): Node<Value> | undefined {
  return token === "*" ? node.anyToken : node.literals.get(token);
}

function addChild<Value>(node: Node<Value>, token: string): Node<Value> {
  const added = newNode<Value>();
  if (token === "*") node.anyToken = added;
  else node.literals.set(token, added);
  return added;
}

function removeChild<Value>(node: Node<Value>, token: string): void {
  if (token === "*") node.anyToken = undefined;
  else node.literals.delete(token);
}

function isEmpty<Value>(node: Node<Value>): boolean {
  const { literals, anyToken, anyRest, exact } = node;
  return literals.size === 0 && anyToken === undefined && anyRest === undefined && exact === undefined;
}
