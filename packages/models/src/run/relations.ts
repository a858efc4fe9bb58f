import type { Session } from "@meshwork/engine";
import type { Relation } from "@meshwork/sql";

/** What stands under the names of some schemas. Asked once before a run, then kept up to date by whoever builds. */
export class RelationCatalog {
  readonly #known = new Map<string, "table" | "view">();
  readonly #schemas = new Set<string>();

  static async read(session: Session, relations: readonly Relation[], signal?: AbortSignal): Promise<RelationCatalog> {
    const catalog = new RelationCatalog();
    const schemas = [...new Set(relations.flatMap((r) => (r.schema === undefined ? [] : [r.schema])))].sort();
    if (schemas.length === 0) return catalog;
    const { dialect } = session;
    const databases = new Set(relations.map((r) => r.database));
    for (const database of databases) {
      const own = database === undefined ? "" : ` and table_catalog = ${dialect.literal(database)}`;
      const inside =
        database === undefined || session.capabilities.engine === "duckdb" ? "" : `${dialect.identifier(database)}.`;
      // Without a database the session's own is meant; attached ones have schemas of the same names.
      const here =
        database === undefined && session.capabilities.engine === "duckdb"
          ? " and table_catalog = current_database()"
          : "";
      const list = schemas.map((s) => dialect.literal(s)).join(", ");
      const result = await session.query(
        `select table_schema, table_name, table_type from ${inside}information_schema.tables where table_schema in (${list})${own}${here}`,
        { signal },
      );
      for (const [schema, name, type] of await result.rows()) {
        catalog.set({ database, schema: String(schema), name: String(name) }, type === "VIEW" ? "view" : "table");
      }
      const found = await session.query(
        `select schema_name from ${inside}information_schema.schemata where schema_name in (${list})${database === undefined ? here.replace("table_catalog", "catalog_name") : ` and catalog_name = ${dialect.literal(database)}`}`,
        { signal },
      );
      for (const [schema] of await found.rows())
        catalog.#schemas.add(key({ database, schema: String(schema), name: "" }));
    }
    return catalog;
  }

  get(relation: Relation): "table" | "view" | undefined {
    return this.#known.get(key(relation));
  }

  set(relation: Relation, type: "table" | "view"): void {
    this.#known.set(key(relation), type);
  }

  hasSchema(relation: Relation): boolean {
    return relation.schema === undefined || this.#schemas.has(key({ ...relation, name: "" }));
  }

  addSchema(relation: Relation): void {
    this.#schemas.add(key({ ...relation, name: "" }));
  }
}

const key = (r: Relation): string => JSON.stringify([r.database ?? null, r.schema ?? null, r.name]).toLowerCase();
