import type { NamedPort, PortNames } from "./port-names.ts";

/** The ports that a statement names, and its text in a form that our binder reads. */
export interface ReadStatement {
  readonly ports: readonly NamedPort[];
  /** Ports by their own names, parameters as NULL; `undefined` where the statement is no query. */
  readonly query: string | undefined;
}

interface Token {
  readonly kind: "name" | "text" | "parameter" | "comment" | "mark";
  readonly start: number;
  readonly end: number;
  /** Of names: what they mean without their quotes. */
  readonly name: string;
  readonly quoted: boolean;
}

/** Beyond this a statement is a dump of values, and nobody learns columns from it. */
const longest = 200_000;

/** Finds ports in a statement of any dialect: names in double quotes, backticks or brackets, with what stands before them. */
export function readStatement(sql: string, names: PortNames): ReadStatement {
  const ports = new Map<string, NamedPort>();
  if (sql.length > longest) return { ports: [], query: undefined };
  const tokens = tokensOf(sql);
  let out = "";
  let copied = 0;
  const replace = (from: number, to: number, text: string) => {
    out += sql.slice(copied, from) + text;
    copied = to;
  };
  let vague = false;
  const mention = (port: NamedPort) => ports.set(`${port.relation.schema}.${port.relation.name}`, port);
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.kind === "comment") replace(token.start, token.start + 1, "--");
    if (token.kind === "parameter") replace(token.start, token.end, "NULL");
    if (token.kind !== "name") continue;
    const chain = chainFrom(sql, tokens, i);
    const found = portIn(
      chain.map((t) => t.name),
      names,
    );
    const alone = found || chain.length > 1 ? [] : names.findLast(token.name);
    if (found) {
      mention(found.port);
      // The relation by its own name; a column behind it stays.
      replace(token.start, chain[found.parts - 1]!.end, nameOf(found.port));
      i += chain.length * 2 - 2;
    } else if (alone.length > 0) {
      // A name without its schema: only where a relation stands, and only one can be meant, is it known which it is.
      alone.forEach(mention);
      const before = tokens[i - 1];
      if (alone.length === 1 && before && /^(?:from|join)$/i.test(sql.slice(before.start, before.end)))
        replace(token.start, token.end, nameOf(alone[0]!));
      else vague = true;
    } else if (token.quoted && sql[token.start] !== '"') replace(token.start, token.end, quoted(token.name));
  }
  out += sql.slice(copied);
  return { ports: [...ports.values()], query: vague ? undefined : queryOf(out) };
}

const nameOf = ({ relation }: NamedPort): string => [relation.schema, relation.name].map(quoted).join(".");

const quoted = (name: string | undefined): string => `"${(name ?? "").replaceAll('"', '""')}"`;

/** A table in backticks may bear its dots inside: `project.dataset.table`. */
function portIn(chain: readonly string[], names: PortNames): { port: NamedPort; parts: number } | undefined {
  const inside = chain[0]!.split(".");
  const whole = inside.length > 1 ? names.find(inside) : undefined;
  if (whole) return { port: whole, parts: 1 };
  for (let parts = 2; parts <= Math.min(chain.length, 3); parts++) {
    const port = names.find(chain.slice(0, parts));
    if (port) return { port, parts };
  }
  return undefined;
}

/** Names joined by dots, from a token on. */
function chainFrom(sql: string, tokens: readonly Token[], from: number): Token[] {
  const chain = [tokens[from]!];
  for (let i = from + 1; i + 1 < tokens.length; i += 2) {
    const [dot, next] = [tokens[i]!, tokens[i + 1]!];
    if (dot.kind !== "mark" || sql[dot.start] !== "." || next.kind !== "name") break;
    chain.push(next);
  }
  return chain;
}

/** What a statement reads: itself, or the query that fills a table. */
function queryOf(sql: string): string | undefined {
  const text = sql.replace(/^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/|;)+/, "").replace(/[;\s]+$/, "");
  if (/^(?:select|with|from|values|\()/i.test(text)) return text;
  const filled =
    /^(?:insert\s+(?:into|overwrite)|create\s+(?:or\s+replace\s+)?(?:temp(?:orary)?\s+|transient\s+)?(?:table|view|materialized\s+view))\b/i.test(
      text,
    );
  const at = filled ? text.search(/\b(?:with|select)\b/i) : -1;
  return at === -1
    ? undefined
    : text.slice(at).replace(/^([\s\S]*?)\)$/, (whole, inner: string) => (balanced(whole) ? whole : inner));
}

const balanced = (text: string): boolean =>
  [...text].reduce((depth, c) => depth + (c === "(" ? 1 : c === ")" ? -1 : 0), 0) === 0;

function tokensOf(sql: string): Token[] {
  const out: Token[] = [];
  // Comments, texts, dollar quotes, names in quotes, words, parameters; anything else is a mark.
  const lexer =
    /--[^\n]*|(?<=(?:^|\n)[ \t]*)#[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^'\\]|''|\\[\s\S])*(?:'|$)|(\$\w*\$)[\s\S]*?(?:\1|$)|"((?:[^"]|"")*)(?:"|$)|`([^`]*)(?:`|$)|\[([A-Za-z_][\w $]*)\](?=\s*(?:\.|\s|$|[),;]))|([\p{L}_][\p{L}\p{N}_$]*)|(\$\d+|\?|@\w+|(?<![:\w]):[A-Za-z_]\w*)|\d[\w.]*|\S/gu;
  for (const m of sql.matchAll(lexer)) {
    const start = m.index;
    const end = start + m[0].length;
    const name = m[2]?.replaceAll('""', '"') ?? m[3] ?? m[4] ?? m[5];
    if (/^(?:--|\/\*)/.test(m[0])) continue;
    if (name !== undefined && name !== "") out.push({ kind: "name", start, end, name, quoted: m[5] === undefined });
    else if (m[6] !== undefined) out.push({ kind: "parameter", start, end, name: "", quoted: false });
    else if (m[0].startsWith("#") && m[0].length > 1)
      out.push({ kind: "comment", start, end, name: "", quoted: false });
    else out.push({ kind: m[0].length > 1 ? "text" : "mark", start, end, name: "", quoted: false });
  }
  return out;
}
