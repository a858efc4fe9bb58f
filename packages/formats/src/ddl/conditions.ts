import { decimalText, ecmaPattern, instantOf } from "../bounds.ts";
import type { Lose, SchemaNode } from "../tree/schema-tree.ts";
import type { Warehouse } from "./warehouse.ts";

/** The conditions of a column's own values, each as SQL that is true or null for a good value. */
export function conditionsOf(node: SchemaNode, house: Warehouse, lose: Lose): string[] {
  const { constraints: c, shape } = node;
  const subject = house.identifier(node.name);
  const literal = literalOf(node, house, lose);
  const found: string[] = [];

  if (c.enum !== undefined) {
    const values = c.enum.map((value) => literal(value));
    if (values.length === 0 || values.some((value) => value === undefined))
      lose(node, "enum", "An accepted value is none of the column's type.");
    else found.push(`${subject} IN (${values.join(", ")})`);
  }
  for (const [key, operator] of [
    ["min", ">="],
    ["max", "<="],
    ["exclusiveMin", ">"],
    ["exclusiveMax", "<"],
  ] as const) {
    const bound = c[key];
    if (bound === undefined) continue;
    const value = shape.kind === "string" ? undefined : literal(bound);
    if (value === undefined) lose(node, "bounds", `The bound ${JSON.stringify(bound)} is none of the column's type.`);
    else found.push(`${subject} ${operator} ${value}`);
  }
  if (c.minLength !== undefined || c.maxLength !== undefined) {
    const typed =
      shape.kind === "string" &&
      shape.maxLength === c.maxLength &&
      house.type(node, () => {}, false).includes(`(${c.maxLength})`);
    if (shape.kind !== "string" || house.length === undefined) {
      if (!typed || c.minLength !== undefined) lose(node, "length", "The length of its values is not limited.");
    } else {
      if (c.minLength !== undefined) found.push(`${house.length(subject)} >= ${c.minLength}`);
      if (c.maxLength !== undefined && !typed) found.push(`${house.length(subject)} <= ${c.maxLength}`);
    }
  }
  if (c.pattern !== undefined) {
    const match =
      shape.kind === "string" && ecmaPattern(c.pattern) !== undefined ? house.matches?.(subject, c.pattern) : undefined;
    if (match === undefined)
      lose(node, "pattern", `${house.title} has no form of the pattern ${JSON.stringify(c.pattern)}.`);
    else found.push(match);
  }
  return found;
}

/** A bound or an accepted value of a column, as a literal of its type; undefined where it is none. */
function literalOf(
  node: SchemaNode,
  house: Warehouse,
  lose: Lose,
): (value: string | number | boolean) => string | undefined {
  const { shape } = node;
  const cast = (value: string): string => {
    const type = house.type(node, () => {}, false);
    return house.cast?.(value, type) ?? `CAST(${house.text(value)} AS ${type})`;
  };
  switch (shape.kind) {
    case "integer":
    case "decimal":
    case "float":
      return (value) => (typeof value === "boolean" ? undefined : decimalText(value));
    case "string":
      return (value) => house.text(String(value));
    case "date":
    case "timestamp":
      return (value) => {
        if (typeof value !== "string" || instantOf(value) === undefined) return undefined;
        if (shape.kind !== "timestamp") return cast(value.trim());
        const zone = /\s*(?:Z|[+-]\d{2}(?::?\d{2})?)$/i.exec(value.slice(10));
        const local = zone === null ? value.trim() : value.slice(0, 10 + zone.index);
        if (!shape.zoned) {
          if (zone !== null)
            lose(node, "timezone", `${JSON.stringify(value)} has a zone, the column has none: the zone is left out.`);
          return cast(local);
        }
        // Without a zone it is UTC, whatever the session's own zone is; "Z" is not known everywhere.
        const offset = zone === null || /z$/i.test(zone[0]) ? "+00:00" : zone[0].trim();
        return cast(`${local.length === 10 ? `${local} 00:00:00` : local}${offset}`);
      };
    default:
      return () => undefined;
  }
}

/** Whether RE2 has it too: no look-around, no back reference. */
export const isRe2Pattern = (pattern: string): boolean => !/\(\?(?:=|!|<=|<!)|\\[1-9]|\\k</.test(pattern);
/** Whether PostgreSQL's own expressions have it: no named groups, no classes of Unicode, no groups of flags inside. */
export const isPostgresPattern = (pattern: string): boolean =>
  !/\(\?(?:<[^=!]|P)|\\[pPuxkK]|.\(\?[a-z-]+[:)]/.test(pattern);
