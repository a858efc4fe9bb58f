import { callValue, defineFunction, fromPython, HostObject, PyDict, PythonError } from "@meshwork/jinja";
import type { CallBody, Kwargs, Value } from "@meshwork/jinja";
import type { Dialect, Relation } from "@meshwork/sql";
import { sqlCodes } from "../sql.codes.ts";
import { columnValue } from "./column-value.ts";
import { ContextError } from "./context-error.ts";
import { textOf } from "./dbt-objects.ts";
import { relationValue } from "./relation-value.ts";
import { resultData, resultTable } from "./result-table.ts";
import type { Answer, Question } from "./session-answers.ts";

/** Runs a statement for a template; nothing where the project is only being read. */
export type Ask = ((question: Question) => Answer) | undefined;

/** Ends the transaction of a materialization; to an engine it is an empty statement. */
export const commitQuestion = "-- mesh: commit";

type Found = Exclude<Answer, { readonly error: string }>;

const attribute = (value: Value | undefined, name: string): string | undefined => {
  const found = value instanceof HostObject ? value.protocol.attribute(name) : undefined;
  return typeof found === "string" ? found : undefined;
};

/** The relation that a value of a template names. @throws {PythonError} */
export function relationOf(value: Value | undefined): Relation {
  const name = attribute(value, "identifier");
  if (name === undefined) throw new PythonError("TypeError", "this takes a relation, as ref() and source() give it");
  return { database: attribute(value, "database"), schema: attribute(value, "schema"), name };
}

/** dbt's word of a statement's outcome, with the rows it changed. */
const responseOf = (answer: Found): Value =>
  new PyDict([
    ["_message", "OK"],
    ["code", null],
    ["rows_affected", answer.rowsChanged ?? answer.rows.length],
  ] as [Value, Value][]);

/** What templates do with the engine: `run_query`, `statement`, `load_result` and the adapter's questions. */
export class SessionFunctions {
  readonly #dialect: Dialect;
  readonly #ask: Ask;
  readonly #results = new Map<string, Value>();

  constructor(dialect: Dialect, ask: Ask) {
    this.#dialect = dialect;
    this.#ask = ask;
  }

  #query(sql: string): Found | undefined {
    const answer = this.#ask?.({ sql });
    if (answer !== undefined && "error" in answer) {
      const reason = `A query of the template failed: ${answer.error}`;
      throw new ContextError((extra) => sqlCodes.create("template-failed", { reason }, extra));
    }
    return answer;
  }

  #store(name: string, answer: Found | undefined): void {
    if (answer === undefined) return;
    const entries: [Value, Value][] = [
      ["table", resultTable(answer)],
      ["data", resultData(answer)],
      ["response", responseOf(answer)],
    ];
    const dict = new PyDict(entries);
    this.#results.set(name, dict);
  }

  /** The functions of templates by name. */
  global(name: string): Value | undefined {
    switch (name) {
      case "run_query":
        return defineFunction(name, ([sql]) => {
          const answer = this.#query(textOf("the query", sql));
          return answer === undefined ? null : resultTable(answer);
        });
      case "statement":
        return defineFunction(name, (args, kwargs) => {
          const label = args[0] ?? kwargs.get("name");
          const caller = kwargs.get("caller");
          if (caller === undefined)
            throw new PythonError("TypeError", "statement() is written {% call statement(…) %}");
          if (this.#ask === undefined) return "";
          const answer = this.#query(textOf("the statement", callValue(caller)));
          if (typeof label === "string") this.#store(label, answer);
          return "";
        });
      case "load_result":
        return defineFunction(name, ([label]) => this.#results.get(textOf("the name of the statement", label)) ?? null);
      case "store_result":
      case "store_raw_result":
        return defineFunction(name, (args, kwargs) => {
          const label = args[0] ?? kwargs.get("name");
          const rows = kwargs.get("agate_table") ?? null;
          const response = kwargs.get("response") ?? kwargs.get("message") ?? args[1] ?? "OK";
          if (typeof label === "string")
            this.#results.set(
              label,
              new PyDict([
                ["table", rows],
                ["data", []],
                ["response", response],
              ]),
            );
          return "";
        });
      case "load_relation":
        return defineFunction(name, ([relation]) => this.#lookUp(relationOf(relation)));
      default:
        return undefined;
    }
  }

  /** The relation with its type, or none where nothing stands under the name. */
  #lookUp(relation: Relation): Value {
    const { literal } = this.#dialect;
    const parts = [
      `lower(table_name) = lower(${literal.call(this.#dialect, relation.name)})`,
      ...(relation.schema === undefined
        ? []
        : [`lower(table_schema) = lower(${literal.call(this.#dialect, relation.schema)})`]),
      ...(relation.database === undefined
        ? []
        : [`lower(table_catalog) = lower(${literal.call(this.#dialect, relation.database)})`]),
    ];
    const answer = this.#query(`select table_type from information_schema.tables where ${parts.join(" and ")} limit 1`);
    const [row] = answer?.rows ?? [];
    if (row === undefined) return null;
    return relationValue({ relation, dialect: this.#dialect, type: row[0] === "VIEW" ? "view" : "table" });
  }

  #relationsIn(database: string | undefined, schema: string): Value[] {
    const { literal } = this.#dialect;
    const own =
      database === undefined ? "" : ` and lower(table_catalog) = lower(${literal.call(this.#dialect, database)})`;
    const found = this.#query(
      `select table_name, table_type from information_schema.tables where lower(table_schema) = lower(${literal.call(this.#dialect, schema)})${own} order by 1`,
    );
    return (found?.rows ?? []).map(([name, type]) =>
      relationValue({
        relation: { database, schema, name: String(name) },
        dialect: this.#dialect,
        type: type === "VIEW" ? "view" : "table",
      }),
    );
  }

  #columns(relation: Relation): Found | undefined {
    return this.#query(`select * from ${this.#dialect.relation(relation)} where 1 = 0`);
  }

  /** The methods of `adapter` that ask the engine. */
  adapter(): Readonly<Record<string, CallBody>> {
    const part = (args: readonly Value[], kwargs: Kwargs, at: number, name: string): string | undefined => {
      const value = args[at] ?? kwargs.get(name);
      return typeof value === "string" ? value : undefined;
    };
    const columnsOf = (value: Value | undefined): Value[] => {
      const relation = relationOf(value);
      return (this.#columns(relation)?.columns ?? []).map((c) => columnValue(c, this.#dialect));
    };
    const act = (sql: string): Value => {
      this.#query(sql);
      return "";
    };
    return {
      get_columns_in_relation: ([relation]) => columnsOf(relation),
      get_missing_columns: ([from, to]) => {
        const known = new Set((this.#columns(relationOf(to))?.columns ?? []).map((c) => c.name.toLowerCase()));
        const rows = this.#columns(relationOf(from))?.columns ?? [];
        return rows.filter((c) => !known.has(c.name.toLowerCase())).map((c) => columnValue(c, this.#dialect));
      },
      get_relation: (args, kwargs) =>
        this.#lookUp({
          database: part(args, kwargs, 0, "database"),
          schema: part(args, kwargs, 1, "schema"),
          name: part(args, kwargs, 2, "identifier") ?? "",
        }),
      check_schema_exists: (args, kwargs) => {
        const schema = this.#dialect.literal(part(args, kwargs, 1, "schema") ?? "");
        const found = this.#query(`select 1 from information_schema.schemata where schema_name = ${schema} limit 1`);
        return (found?.rows.length ?? 0) > 0;
      },
      create_schema: ([relation]) => act(`create schema if not exists ${this.#dialect.schema(relationOf(relation))}`),
      commit: () => act(commitQuestion),
      nothing: () => "",
      clear_transaction: () => "",
      cache_added: () => "",
      cache_dropped: () => "",
      cache_renamed: () => "",
      expand_target_column_types: () => "",
      valid_incremental_strategies: () => ["append", "delete+insert", "merge", "microbatch"],
      already_exists: (args) =>
        this.#lookUp({ schema: part(args, new Map(), 0, "schema"), name: part(args, new Map(), 1, "table") ?? "" }) !==
        null,
      list_relations: (args, kwargs) =>
        this.#relationsIn(part(args, kwargs, 0, "database"), part(args, kwargs, 1, "schema") ?? ""),
      list_relations_without_caching: ([relation]) => {
        const { database, schema } = relationOf(relation);
        return this.#relationsIn(database, schema ?? "");
      },
      list_schemas: (args, kwargs) => {
        const database = part(args, kwargs, 0, "database");
        const own =
          database === undefined ? "" : ` where lower(catalog_name) = lower(${this.#dialect.literal(database)})`;
        const found = this.#query(`select distinct schema_name from information_schema.schemata${own} order by 1`);
        return (found?.rows ?? []).map((row) => String(row[0]));
      },
      truncate_relation: ([relation]) => act(`truncate table ${this.#dialect.relation(relationOf(relation))}`),
      drop_schema: ([relation]) => act(`drop schema if exists ${this.#dialect.schema(relationOf(relation))} cascade`),
      quote_seed_column: ([name, quote]) =>
        quote === false ? textOf("a column", name) : this.#dialect.identifier(textOf("a column", name)),
      drop_relation: ([relation]) => {
        const type = attribute(relation, "type") === "view" ? "view" : "table";
        return act(`drop ${type} if exists ${this.#dialect.relation(relationOf(relation))}`);
      },
      rename_relation: ([from, to]) =>
        act(
          `alter ${attribute(from, "type") === "view" ? "view" : "table"} ${this.#dialect.relation(relationOf(from))} rename to ${this.#dialect.identifier(relationOf(to).name)}`,
        ),
      execute: (args, kwargs) => {
        const answer = this.#query(textOf("the statement", args[0] ?? kwargs.get("sql")));
        return answer === undefined ? null : ["OK", resultTable(answer)];
      },
      quote_as_configured: ([name]) => this.#dialect.identifier(String(fromPython(name ?? ""))),
    };
  }
}
