import type { ObservedPort, Product, PromisedPort } from "@meshwork/catalog-api";

/** A query that can be copied and run as it is. */
export interface Snippet {
  readonly title: string;
  readonly language: string;
  readonly text: string;
}

const columnsShown = 12;

/** How to read a port: SQL where it lives, DuckDB over its files, TypeScript. Only what is known to work. */
export function snippetsOf(port: PromisedPort, observed: ObservedPort | undefined, product: Product): Snippet[] {
  const columns =
    port.columns.length === 0 || port.columns.length > columnsShown
      ? "*"
      : port.columns.map((column) => quoted(column.name)).join(", ");
  const relation = (observed?.relation ?? port.relation).split(".").map(quoted).join(".");
  const found: Snippet[] = [{ title: "SQL", language: "sql", text: `select ${columns}\nfrom ${relation}\nlimit 100;` }];
  const { location } = observed ?? {};
  if (location !== undefined && (observed?.format === undefined || observed.format === "parquet")) {
    const files = /\.parquet$|\*/.test(location) ? location : `${location.replace(/\/+$/, "")}/*.parquet`;
    found.push({
      title: "DuckDB",
      language: "sql",
      text: `select ${columns}\nfrom read_parquet('${files.replaceAll("'", "''")}')\nlimit 100;`,
    });
  }
  const { typescript } = product;
  if (typescript !== undefined && port.default) {
    const { module, type, schema } = typescript;
    const names = schema === undefined ? `type ${type}` : `type ${type}, ${schema}`;
    found.push({ title: "TypeScript", language: "ts", text: `import { ${names} } from "${module}";` });
  }
  return found;
}

/** Words that stand unquoted in every dialect stay as they are, so that the query reads well. */
const quoted = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`;

const reserved = new Set(
  (
    "all and any as asc both case cast check collate column constraint create cross current_date current_time default desc " +
    "distinct do else end except false fetch for foreign from full grant group having in initially inner intersect into is join " +
    "lateral leading left like limit natural not null offset on only or order outer primary references returning right select " +
    "session_user some symmetric table then to trailing true union unique user using variadic when where window with"
  ).split(" "),
);
