import { Callable, HostObject, PyDict } from "@meshwork/jinja";
import type { HostProtocol, Kwargs, Value } from "@meshwork/jinja";
import type { Dialect, Relation } from "@meshwork/sql";

export interface RelationDetails {
  readonly relation: Relation;
  readonly dialect: Dialect;
  /** SQL that stands in the text in place of the relation. */
  readonly location?: string | undefined;
  readonly type?: "table" | "view" | "cte" | "external" | undefined;
}

const names = (
  "database schema identifier name table type is_table is_view is_cte metadata include incorporate " +
  "get quote render without_identifier"
).split(" ");

/**
 * dbt's `Relation`: prints as the quoted name, and gives its parts.
 * One is made for each ref of a project, so its attributes are worked out when they are asked for.
 */
export function relationValue(details: RelationDetails): HostObject {
  return new HostObject(new RelationProtocol(details));
}

class RelationProtocol implements HostProtocol {
  readonly typeName = "Relation";
  readonly mapping = true;
  readonly #details: RelationDetails;
  #printed: string | undefined;

  constructor(details: RelationDetails) {
    this.#details = details;
  }

  text(): string {
    const { location, dialect, relation } = this.#details;
    return (this.#printed ??= location ?? dialect.relation(relation));
  }
  repr(): string {
    return `<Relation ${this.text()}>`;
  }
  plain(): string {
    return this.text();
  }
  truth(): boolean {
    return true;
  }
  equals(other: Value): boolean {
    return other instanceof HostObject && other.protocol.text?.() === this.text();
  }
  attributeNames(): Iterable<string> {
    return names;
  }

  attribute(name: string): Value | undefined {
    const { relation, type } = this.#details;
    switch (name) {
      case "database":
      case "schema":
        return relation[name] ?? null;
      case "identifier":
      case "name":
      case "table":
        return relation.name;
      case "type":
        return type ?? null;
      case "is_table":
      case "is_view":
      case "is_cte":
        return type === name.slice("is_".length);
      case "metadata":
        // What dbt's packages know a relation by, among texts and lists.
        return new PyDict([["type", "MeshworkRelation"]]);
      case "get":
        return new Callable(
          name,
          ([key, fallback]) => (typeof key === "string" ? this.attribute(key) : undefined) ?? fallback ?? null,
        );
      case "incorporate":
        return new Callable(name, (_, kwargs) => this.#incorporate(kwargs));
      case "include":
        return new Callable(name, (_, kwargs) => this.#include(kwargs));
      case "quote":
        return new Callable(name, () => relationValue(this.#details));
      case "render":
        return new Callable(name, () => this.text());
      case "without_identifier":
        return new Callable(name, () => this.#include(new Map([["identifier", false]])));
      default:
        return undefined;
    }
  }

  /** The relation with other parts, as dbt's `incorporate(path=…, type=…)`. */
  #incorporate(kwargs: Kwargs): Value {
    const path = kwargs.get("path");
    const part = (key: string, own: string | undefined): string | undefined => {
      const value = path instanceof PyDict ? path.get(key) : undefined;
      return typeof value === "string" ? value : own;
    };
    const { relation } = this.#details;
    const type = kwargs.get("type");
    return relationValue({
      ...this.#details,
      relation: {
        database: part("database", relation.database),
        schema: part("schema", relation.schema),
        name: part("identifier", relation.name) ?? relation.name,
      },
      type: type === "table" || type === "view" || type === "cte" ? type : this.#details.type,
    });
  }

  #include(kwargs: Kwargs): Value {
    const { relation, dialect, type } = this.#details;
    const keep = (part: "database" | "schema"): string | undefined =>
      kwargs.get(part) === false ? undefined : relation[part];
    if (kwargs.get("identifier") === false) {
      const parts = [keep("database"), keep("schema")].filter((p) => p !== undefined);
      return parts.map((p) => dialect.identifier(p)).join(".");
    }
    return relationValue({
      relation: { database: keep("database"), schema: keep("schema"), name: relation.name },
      dialect,
      type,
    });
  }
}
