import { findCalls, JinjaError, parseTemplate } from "@meshwork/jinja";
import type { Definition, FoundCall, Template } from "@meshwork/jinja";
import { builtinPackage } from "./context/macro-registry.ts";
import type { MacroEntry, MacroRegistry } from "./context/macro-registry.ts";
import type { ManifestParts, RunHook } from "./model.ts";
import type { Unit } from "./unit.ts";

/** What dbt has as macros and Meshwork as functions of its own. */
const builtinFunctions = new Set(
  "is_incremental should_full_refresh should_store_failures run_query statement load_relation".split(" "),
);

/** Which macros are called where, found in the texts: nothing is rendered for it. */
export class MacroCalls {
  readonly #macros: MacroRegistry;
  readonly #adapter: string;
  readonly #entries: ReadonlyMap<string, MacroEntry>;

  constructor(macros: MacroRegistry, adapter: string) {
    this.#macros = macros;
    this.#adapter = adapter;
    this.#entries = new Map(macros.all().map((m) => [m.info.id, m]));
  }

  macro(id: string): ReturnType<ManifestParts["macro"]> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return { sql: "", calls: [], arguments: [] };
    const { definition, info } = entry;
    const sql = definition.template.source.slice(definition.offset, definition.endOffset);
    const calls = this.#called(definition, info.package).filter((c) => c !== id);
    // dbt lists the parameters of what stands in a macros folder; in tests/generic it does not look.
    const named = /(?:^|\/)generic\//.test(info.path) ? [] : definition.parameters;
    return { sql, calls, arguments: named.map((p) => ({ name: p.name, description: "" })) };
  }

  hook(hook: RunHook): readonly string[] {
    try {
      return this.#called(parseTemplate(hook.sql, { name: "a hook of the run" }), hook.package);
    } catch (error) {
      if (error instanceof JinjaError) return [];
      throw error;
    }
  }

  /** The macros that a node's own text calls and a render reached; of a generic test its macro. */
  node(unit: Unit): readonly string[] {
    if (unit.test !== undefined) {
      const { id } = unit.test.macro.info;
      const plain = [`macro.${builtinPackage}.test_not_null`, `macro.${builtinPackage}.test_unique`].includes(id);
      return plain ? [id] : [id, `macro.${builtinPackage}.get_where_subquery`];
    }
    if (unit.template === undefined) return [];
    const reached = new Set(unit.node.macros);
    return this.#called(unit.template, unit.node.package).filter(
      (id) => reached.has(id) || builtinFunctions.has(id.split(".").at(-1)!),
    );
  }

  #called(text: Template | Definition, from: string): string[] {
    const found = new Set<string>();
    for (const call of findCalls(text)) {
      const id = call.name === "adapter.dispatch" ? this.#dispatched(call, from) : this.#resolved(call.name, from);
      if (id !== undefined) found.add(id);
    }
    return [...found];
  }

  #resolved(name: string, from: string): string | undefined {
    const parts = name.split(".");
    const entry =
      parts.length === 2
        ? this.#macros.in(parts[0]!, parts[1]!)
        : parts.length === 1
          ? this.#macros.find(parts[0]!, from)
          : undefined;
    if (entry !== undefined) return entry.info.id;
    return parts.length === 1 && builtinFunctions.has(name) ? `macro.${builtinPackage}.${name}` : undefined;
  }

  #dispatched(call: FoundCall, from: string): string | undefined {
    const name = call.args[0]?.constant ?? call.kwargs.get("macro_name")?.constant;
    const namespace = call.args[1]?.constant ?? call.kwargs.get("macro_namespace")?.constant;
    if (typeof name !== "string") return undefined;
    const entry = this.#macros.dispatch(
      name,
      typeof namespace === "string" ? namespace : undefined,
      this.#adapter,
      from,
    );
    return entry?.info.id;
  }
}
