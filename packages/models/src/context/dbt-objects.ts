import { nearest } from "@meshwork/diagnostics";
import { defineFunction, defineObject, fromPython, PythonError } from "@meshwork/jinja";
import type { Callable, CallBody, HostObject, Kwargs, Value } from "@meshwork/jinja";
import type { Dialect } from "@meshwork/sql";
import { sqlCodes } from "../sql.codes.ts";
import { ContextError } from "./context-error.ts";
import type { MacroEntry } from "./macro-registry.ts";
import { translateType, writtenColumn } from "./column-value.ts";
import { relationValue } from "./relation-value.ts";
import type { Surroundings } from "./surroundings.ts";

/** An argument that must be text. @throws {PythonError} */
export const textOf = (what: string, value: Value | undefined): string => {
  if (typeof value === "string") return value;
  throw new PythonError("TypeError", `${what} must be a text`);
};

const relationType = (value: Value | undefined): "table" | "view" | "cte" | "external" | undefined =>
  value === "table" || value === "view" || value === "cte" || value === "external" ? value : undefined;

interface AdapterNeeds {
  macro(entry: MacroEntry): Callable;
  /** Methods that ask the engine. */
  readonly asking: Readonly<Record<string, CallBody>>;
  unsupported(what: string): Value;
}

/** dbt's `adapter`. */
export function adapterObject(around: Surroundings, packageName: string, needs: AdapterNeeds): HostObject {
  const { options, macros } = around;
  return defineObject("adapter", {
    methods: {
      ...needs.asking,
      dispatch: (args, kwargs) => {
        const name = textOf("the macro's name", args[0] ?? kwargs.get("macro_name"));
        const asked = args[1] ?? kwargs.get("macro_namespace");
        const namespace = typeof asked === "string" ? asked : undefined;
        const found = macros.dispatch(name, namespace, options.target.type, packageName);
        if (found !== undefined) return needs.macro(found);
        const missing = `default__${name}`;
        const candidates = nearest(missing, macros.names(namespace ?? packageName));
        throw new ContextError((extra) =>
          sqlCodes.create("unknown-macro", { name: missing, candidates, package: namespace }, extra),
        );
      },
      quote: ([name]) => options.dialect.identifier(textOf("a name", name)),
      type: () => options.target.type,
    },
    attribute: (key) => defineFunction(key, () => needs.unsupported(`adapter.${key}()`)),
  });
}

/** dbt's `api`: relations made by hand, and words for types. */
export function apiObject(dialect: Dialect): HostObject {
  const text = (kwargs: Kwargs, key: string): string | undefined => {
    const value = kwargs.get(key);
    return typeof value === "string" ? value : undefined;
  };
  const relation = defineObject("RelationType", {
    methods: {
      create: (_, kwargs) =>
        relationValue({
          relation: {
            database: text(kwargs, "database"),
            schema: text(kwargs, "schema"),
            name: text(kwargs, "identifier") ?? "",
          },
          dialect,
          type: relationType(kwargs.get("type")),
        }),
      add_ephemeral_prefix: ([name]) => `__dbt__cte__${textOf("a name", name)}`,
    },
    attributes: { Table: "table", View: "view", CTE: "cte", External: "external" },
  });
  const made = (args: readonly Value[], kwargs: Kwargs): Value => {
    const given = (at: number, ...names: string[]): Value | undefined =>
      args[at] ?? names.map((n) => kwargs.get(n)).find((v) => v !== undefined);
    const name = textOf("a column's name", given(0, "column", "name"));
    return writtenColumn(name, textOf("a type", given(1, "dtype", "data_type")), dialect);
  };
  const column = defineObject("ColumnType", {
    call: made,
    methods: {
      create: ([name, label]) =>
        writtenColumn(textOf("a column's name", name), translateType(textOf("a type", label)), dialect),
      translate_type: ([name]) => translateType(textOf("a type", name)),
      numeric_type: ([name, precision, scale]) =>
        precision === undefined || scale === undefined || precision === null || scale === null
          ? textOf("a type", name)
          : `${textOf("a type", name)}(${String(fromPython(precision))},${String(fromPython(scale))})`,
      string_type: ([size]) =>
        size === undefined ? "character varying" : `character varying(${String(fromPython(size))})`,
    },
  });
  return defineObject("api", { attributes: { Relation: relation, Column: column } });
}
