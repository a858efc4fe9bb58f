/**
 * A node of PostgreSQL's parse tree as `pg_rewrite.ev_action` keeps it (`src/backend/nodes/outfuncs.c`):
 * `{VAR :varno 1 …}`. Fields hold nodes, lists, words, or `undefined` for `<>`.
 */
export interface Node {
  readonly kind: string;
  readonly fields: ReadonlyMap<string, NodeValue>;
}
export type NodeValue = Node | readonly NodeValue[] | string | undefined;

/** Trees deeper than any written query are left unread. */
const deepest = 2_000;

const token = /\s*([(){}]|(?:\\[\s\S]|[^\s(){}\\])+)/y;

/** Reads a tree; `undefined` for a text that is none. */
export function parseNodeTree(text: string): NodeValue {
  let depth = 0;
  let ahead: string | undefined;
  token.lastIndex = 0;
  const peek = (): string => {
    ahead ??= token.exec(text)?.[1];
    if (ahead === undefined) throw new Error("the tree ends early");
    return ahead;
  };
  const next = (): string => {
    const found = peek();
    ahead = undefined;
    return found;
  };
  function value(): NodeValue {
    if (++depth > deepest) throw new Error("the tree is too deep");
    try {
      const first = next();
      if (first === "<>") return undefined;
      if (first === "(") return list();
      return first === "{" ? node() : word(first);
    } finally {
      depth--;
    }
  }
  function list(): NodeValue[] {
    const found: NodeValue[] = [];
    // Lists of numbers begin with the letter of their type.
    if (/^[iobx]$/.test(peek())) next();
    while (peek() !== ")") found.push(value());
    next();
    return found;
  }
  function node(): Node {
    const kind = next();
    const fields = new Map<string, NodeValue>();
    while (peek() !== "}") {
      const name = next();
      fields.set(name.slice(1), value());
      // A constant's bytes follow its length: `4 [ 1 0 0 0 ]`.
      while (peek() !== "}" && !peek().startsWith(":")) next();
    }
    next();
    return { kind, fields };
  }
  try {
    return value();
  } catch {
    return undefined;
  }
}

/** A word without the quotes of string nodes and the backslashes in front of what would end it. */
const word = (text: string): string => {
  const inner = text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
  return inner.includes("\\") ? inner.replaceAll(/\\([\s\S])/g, "$1") : inner;
};

export const isNode = (value: NodeValue): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const listOf = (value: NodeValue): readonly NodeValue[] =>
  Array.isArray(value) ? (value as readonly NodeValue[]) : [];
export const nodesOf = (value: NodeValue): Node[] => listOf(value).filter(isNode);
export const nodeOf = (node: Node, field: string): Node | undefined => {
  const value = node.fields.get(field);
  return isNode(value) ? value : undefined;
};
export const wordOf = (node: Node, field: string): string => {
  const value = node.fields.get(field);
  return typeof value === "string" ? value : "";
};
export const numberOf = (node: Node, field: string): number => Number(wordOf(node, field) || 0);
export const flagOf = (node: Node, field: string): boolean => wordOf(node, field) === "true";
