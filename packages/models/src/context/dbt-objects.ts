import { nearest } from "@meshwork/diagnostics";
import { defineFunction, defineObject, PythonError } from "@meshwork/jinja";
import type { Callable, HostObject, Kwargs, Value } from "@meshwork/jinja";
import type { Dialect } from "@meshwork/sql";
import { sqlCodes } from "../sql.codes.ts";
import { ContextError } from "./context-error.ts";
import type { MacroEntry } from "./macro-registry.ts";
import { relationValue } from "./relation-value.ts";
import type { Surroundings } from "./surroundings.ts";

/** An argument that must be text. @throws {PythonError} */
export const textOf = (what: string, value: Value | undefined): string => {
  if (typeof value === "string") return value;
  throw new PythonError("TypeError", `${what} must be a text`);
};

interface AdapterNeeds {
  macro(entry: MacroEntry): Callable;
  unsupported(what: string): Value;
}

/** dbt's `adapter`, without what would need a connection. */
export function adapterObject(around: Surroundings, packageName: string, needs: AdapterNeeds): HostObject {
  const { options, macros } = around;
  return defineObject("adapter", {
    methods: {
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

/** dbt's `api`: relations made by hand. */
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
        }),
    },
  });
  return defineObject("api", { attributes: { Relation: relation } });
}
