import type { ContractColumn, Masking } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import type { ModelDescription, ProjectNode } from "@meshwork/models";
import type { Fragment, Relation } from "@meshwork/sql";
import { id, join, literal, raw, relation, sql } from "@meshwork/sql";
import { describeType } from "@meshwork/sql";
import { productSqlArea } from "./rules/area.ts";
import type { Product, Workspace } from "./workspace.ts";

/**
 * How a masked column leaves the product. `hash` is SHA-256 in hexadecimal; `partial` keeps the last four characters.
 * Masks on embedded snapshots are in the files: there is no reader who could be shown more.
 */
const masks: Record<Masking, (value: Fragment) => Fragment> = {
  hash: (v) => sql`sha256(CAST(${v} AS VARCHAR))`,
  redact: (v) => sql`CASE WHEN ${v} IS NULL THEN NULL ELSE ${literal("***")} END`,
  partial: (v) =>
    sql`CASE WHEN ${v} IS NULL THEN NULL ELSE concat(repeat('*', greatest(length(CAST(${v} AS VARCHAR)) - 4, 0)), right(CAST(${v} AS VARCHAR), 4)) END`,
  null: () => raw("NULL"),
  none: (v) => v,
};

/** Columns whose values come masked out of the SQL already, so that masking them again would break joins on them. */
export type AlreadyMasked = (column: ContractColumn) => boolean;

/**
 * A column counts as masked already when the author says so (`meta: {masked: true}` on the model's column), or when
 * its values come unchanged from a port column that is masked itself.
 */
export function alreadyMasked(
  workspace: Workspace,
  node: ProjectNode,
  described: ModelDescription | undefined,
): AlreadyMasked {
  return (column) => {
    const properties = [...node.columns.values()].find((c) => c.name.toLowerCase() === column.name.toLowerCase());
    if (properties?.meta.get("masked") === true) return true;
    const origins = described?.columns.find((c) => c.name.toLowerCase() === column.name.toLowerCase())?.origins;
    if (!origins || origins.length === 0) return false;
    return origins.every((o) => {
      if (o.kind !== "identity" || o.product === undefined || o.product === node.product) return false;
      const ports = workspace.products.get(o.product)?.contract?.ports ?? [];
      const source = ports
        .flatMap((p) => (o.upstream.endsWith(`.${p.name}`) ? p.columns : []))
        .find((c) => c.name.toLowerCase() === o.column.toLowerCase());
      return source?.masking !== undefined && source.masking !== "none";
    });
  };
}

/** The query behind a port: the promised columns in their order and types, masked where the contract demands it. */
export function portSelect(
  columns: readonly ContractColumn[],
  from: Relation,
  printType: (c: ContractColumn) => string,
  masked: AlreadyMasked,
): Fragment {
  const list = columns.map((c) => {
    const value = id(c.name);
    const shown = c.masking === undefined || masked(c) ? value : masks[c.masking](value);
    return sql`CAST(${shown} AS ${raw(printType(c))}) AS ${id(c.name)}`;
  });
  return sql`SELECT ${join(list)} FROM ${relation(from)}`;
}

/** Masks that a column's type cannot hold: a hash is a text. */
export function maskingFindings(product: Product, columns: readonly ContractColumn[]): Diagnostic[] {
  return columns.flatMap((c) => {
    if (c.masking === undefined || c.masking === "none" || c.masking === "null" || c.type.kind === "string") return [];
    const path = [...c.at, "constraints", "masking"];
    return [
      productSqlArea.create(
        "unmaskable-column",
        { column: c.name, masking: c.masking, type: describeType(c.type) },
        {
          product: product.name,
          path,
          span: () => product.read.source.spanOf(path) ?? product.read.source.spanOf(c.at),
        },
      ),
    ];
  });
}
