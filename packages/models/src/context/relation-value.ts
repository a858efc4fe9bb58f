import { defineObject } from "@meshwork/jinja";
import type { HostObject, Kwargs, Value } from "@meshwork/jinja";
import type { Dialect, Relation } from "@meshwork/sql";

export interface RelationDetails {
  readonly relation: Relation;
  readonly dialect: Dialect;
  /** SQL that stands in the text in place of the relation. */
  readonly location?: string | undefined;
  readonly type?: "table" | "view" | "cte" | "external" | undefined;
}

/** dbt's `Relation`: prints as the quoted name, and gives its parts. */
export function relationValue(details: RelationDetails): HostObject {
  const { relation, dialect, location, type } = details;
  const print = location ?? dialect.relation(relation);
  const without = (kwargs: Kwargs): Value => {
    const keep = (part: "database" | "schema"): string | undefined =>
      kwargs.get(part) === false ? undefined : relation[part];
    const identifier = kwargs.get("identifier") === false ? undefined : relation.name;
    if (identifier === undefined) {
      const parts = [keep("database"), keep("schema")].filter((p) => p !== undefined);
      return parts.map((p) => dialect.identifier(p)).join(".");
    }
    return relationValue({
      relation: { database: keep("database"), schema: keep("schema"), name: identifier },
      dialect,
      type,
    });
  };
  return defineObject("Relation", {
    attributes: {
      database: relation.database ?? null,
      schema: relation.schema ?? null,
      identifier: relation.name,
      name: relation.name,
      table: relation.name,
      type: type ?? null,
      is_table: type === "table",
      is_view: type === "view",
      is_cte: type === "cte",
    },
    methods: {
      include: (_, kwargs) => without(kwargs),
      quote: () => relationValue(details),
      render: () => print,
      without_identifier: () => without(new Map([["identifier", false]])),
    },
    text: () => print,
    repr: () => `<Relation ${print}>`,
    truth: () => true,
    equals: (other) =>
      typeof other === "object" && other !== null && "protocol" in other && other.protocol.text?.() === print,
    plain: () => print,
  });
}
