import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import type { DbtState } from "@meshwork/models";
import type { Relation } from "@meshwork/sql";
import { Refusal } from "../operation.ts";
import type { DbtOptions } from "./dbt-options.ts";

interface StateNode {
  readonly resource_type?: unknown;
  readonly database?: unknown;
  readonly schema?: unknown;
  readonly alias?: unknown;
  readonly config?: { readonly materialized?: unknown };
}

/** A node of another state: where its relation is, and what it is. */
export interface StateRelation {
  readonly relation: Relation;
  readonly materialized: string;
}

/** The folder of `--state` or `--defer-state`. @throws {Refusal} when none is named, or it has no manifest. */
export function stateFolder(options: DbtOptions, verb: string): string {
  const named = options.deferState ?? options.state ?? options.env?.["DBT_DEFER_STATE"] ?? options.env?.["DBT_STATE"];
  if (named === undefined)
    throw new Refusal(`${verb} needs the artifacts of another state.\nName their folder with --state.`);
  const folder = isAbsolute(named) ? named : resolve(options.cwd ?? process.cwd(), named);
  if (!existsSync(join(folder, "manifest.json")))
    throw new Refusal(`No manifest.json in ${named}.\nName the folder that a run with --target-path wrote to.`);
  return folder;
}

/** What another state's `manifest.json` says of its relations, by node. */
export function stateRelations(folder: string): ReadonlyMap<string, StateRelation> {
  const found = new Map<string, StateRelation>();
  for (const [id, node] of Object.entries(nodesOf(folder))) {
    const { resource_type: type, database, schema, alias, config } = node;
    if (!["model", "seed", "snapshot"].includes(String(type)) || typeof alias !== "string") continue;
    const materialized = typeof config?.materialized === "string" ? config.materialized : "table";
    if (materialized === "ephemeral") continue;
    const relation = {
      database: typeof database === "string" ? database : undefined,
      schema: typeof schema === "string" ? schema : undefined,
      name: alias,
    };
    found.set(id, { relation, materialized });
  }
  return found;
}

function nodesOf(folder: string): Readonly<Record<string, StateNode>> {
  const wrong = new Refusal(`${folder}/manifest.json is no manifest of dbt.\nWrite it anew: mesh parse.`);
  try {
    const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as {
      nodes?: Record<string, StateNode>;
    } | null;
    if (typeof manifest?.nodes !== "object" || manifest.nodes === null) throw wrong;
    return manifest.nodes;
  } catch (error) {
    throw error instanceof SyntaxError ? wrong : error;
  }
}

/** Artifacts that `state:`, `result:` and `source_status:` selectors compare with. @throws {Refusal} */
export function readState(options: DbtOptions): DbtState {
  const named = options.state!;
  const folder = isAbsolute(named) ? named : resolve(options.cwd ?? process.cwd(), named);
  if (!existsSync(folder))
    throw new Refusal(`There is no folder ${named}.\nName the folder with the artifacts of another state.`);
  const read = (name: string): unknown => {
    if (!existsSync(join(folder, name))) return undefined;
    try {
      return JSON.parse(readFileSync(join(folder, name), "utf8"));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new Refusal(`${named}/${name} is no artifact of dbt.\nWrite it anew.`);
    }
  };
  return { manifest: read("manifest.json"), runResults: read("run_results.json"), sources: read("sources.json") };
}
