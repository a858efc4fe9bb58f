import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import { PyDict, toPython } from "@meshwork/jinja";
import type { Value } from "@meshwork/jinja";
import type { Relation } from "@meshwork/sql";
import { columnValue } from "../context/column-value.ts";
import type { MacroEntry } from "../context/macro-registry.ts";
import { relationValue } from "../context/relation-value.ts";
import type { ProjectNode } from "../model.ts";
import { askSession } from "./ask-session.ts";
import { beside, swapSteps } from "./materialize.ts";
import type { Step, Steps, Target } from "./materialize.ts";
import { HookTrouble } from "./node-hooks.ts";
import { columnsOf } from "./perform-steps.ts";
import type { Work } from "./perform-steps.ts";

export interface OwnStatements {
  /** The statement that creates the relation, where the project has a `create_table_as` or `create_view_as` of its own. */
  creation(target: Target, made: "table" | "view", query: string): Promise<Steps | undefined>;
  /** How new rows come into the table, where the project has a `get_incremental_…_sql` of its own. */
  incremental(target: Target, columns: readonly string[]): Promise<Pick<Steps, "swap" | "clean"> | undefined>;
}

/** The macros of a project that stand in the place of dbt's own in a materialization. */
export function ownStatements(work: Work, node: ProjectNode): OwnStatements {
  const { project, session } = work;
  const { dialect } = session;
  const value = (relation: Relation, type: "table" | "view"): Value => relationValue({ relation, dialect, type });
  const call = async (macro: MacroEntry, args: readonly Value[]): Promise<string> => {
    const request = { call: { macro, args }, package: node.package, place: macro.info.place };
    const rendered = await project.evaluate(node, request, askSession(session, work.signal));
    const trouble: readonly Diagnostic[] = rendered.diagnostics;
    if (hasErrors(trouble)) throw new HookTrouble(trouble);
    return rendered.text.trim();
  };
  const first = (...names: readonly string[]): MacroEntry | undefined =>
    names.map((name) => project.ownMacro(name)).find((m) => m !== undefined);
  return {
    creation: async (target, made, query) => {
      const macro = first(`get_create_${made}_as_sql`, `create_${made}_as`);
      if (macro === undefined) return undefined;
      const body = (sql: string): Step => {
        const at = sql.indexOf(query);
        return { sql, bodyAt: at < 0 ? undefined : at, counts: made === "table" };
      };
      const withFlag = macro.definition.parameters.length > 2 && !macro.info.name.includes("get_create_");
      const args = (relation: Relation, temporary: boolean): Value[] =>
        made === "table"
          ? [temporary, value(relation, made), query]
          : withFlag
            ? [temporary, value(relation, made), query]
            : [value(relation, made), query];
      if (made === "view") {
        const drop =
          target.existing === undefined
            ? []
            : [{ sql: `drop ${target.existing} ${dialect.relation(target.relation)}` }];
        return { build: [], swap: [...drop, body(await call(macro, args(target.relation, false)))], clean: [] };
      }
      const fresh = beside(target.relation, "new");
      const create = body(await call(macro, args(fresh, false)));
      return { build: [{ sql: `drop table if exists ${dialect.relation(fresh)}` }, create], ...swapSteps(target) };
    },
    incremental: async (target, columns) => {
      const key = node.config.uniqueKey ?? [];
      const strategy = node.config.incrementalStrategy ?? (key.length > 0 ? "delete+insert" : "append");
      const macro = first(`get_incremental_${strategy.replaceAll("+", "_")}_sql`);
      if (macro === undefined) return undefined;
      const fresh = beside(target.relation, "new");
      const predicates = node.config.incrementalPredicates;
      const argument = new PyDict([
        ["target_relation", value(target.relation, "table")],
        ["temp_relation", value(fresh, "table")],
        ["unique_key", key.length === 0 ? null : key.length === 1 ? key[0]! : toPython([...key])],
        ["dest_columns", await columnValues(work, target.relation, columns)],
        ["incremental_predicates", predicates.length === 0 ? null : toPython([...predicates])],
      ]);
      const sql = await call(macro, [argument]);
      return { swap: [{ sql, counts: true }], clean: [{ sql: `drop table if exists ${dialect.relation(fresh)}` }] };
    },
  };
}

async function columnValues(work: Work, relation: Relation, names: readonly string[]): Promise<Value> {
  const wanted = new Set(names.map((n) => n.toLowerCase()));
  const there = await columnsOf(work, relation);
  return there.filter((c) => wanted.has(c.name.toLowerCase())).map((c) => columnValue(c, work.session.dialect));
}
