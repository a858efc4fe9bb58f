import { relative } from "node:path";
import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import { compiledPath, listing, manifest, sessionAsk } from "@meshwork/models";
import type { Compiled, Project, ProjectNode } from "@meshwork/models";
import type { DbtOptions } from "../dbt/dbt-options.ts";
import type { Connection, DbtPlace } from "../dbt/dbt-place.ts";
import { artifactOptions, writeTarget } from "../dbt/dbt-place.ts";
import { openPlaces, placeOf } from "../dbt/open-places.ts";
import { parsePlain } from "../dbt/partial-parse.ts";
import type { OperationResult } from "../operation.ts";
import { answering } from "../operation.ts";

export interface LsOptions extends DbtOptions {
  readonly form?: "selector" | "name" | "path" | "json" | undefined;
}

/** The resources of dbt projects, as dbt lists them. */
export const listResources = (options: LsOptions): Promise<OperationResult<readonly string[]>> =>
  answering([], async () => {
    const opened = await openPlaces(options);
    const found = opened.places.flatMap((p) => [
      ...p.project.diagnostics.filter((d) => d.severity === "error"),
      ...p.selected.diagnostics,
    ]);
    const results = opened.places.flatMap((p) => [...listing(p.selected, options.form ?? "selector")]);
    return {
      exitCode: hasErrors(found) ? 1 : 0,
      diagnostics: opened.settle(found),
      summary: { resources: results.length },
      results,
    };
  });

/** Reads projects and writes their `manifest.json`: dbt's `parse`. Outside a mesh, what the last one found is kept. */
export const parse = (options: DbtOptions): Promise<OperationResult<readonly string[]>> =>
  answering([], async () => {
    const { plain, cwd } = await placeOf(options);
    if (plain !== undefined) {
      const { diagnostics, ids } = parsePlain({ ...options, cwd }, plain);
      return {
        exitCode: hasErrors(diagnostics) ? 1 : 0,
        diagnostics,
        summary: { resources: ids.length },
        results: ids,
      };
    }
    const opened = await openPlaces(options);
    const found: Diagnostic[] = [];
    const results: string[] = [];
    for (const place of opened.places) {
      found.push(...place.project.diagnostics);
      // As dbt's: a parse compiles nothing.
      const options = { ...artifactOptions(opened), compiled: false };
      writeTarget(place, "manifest.json", manifest(place.project, options));
      results.push(...place.project.nodes.keys());
    }
    const diagnostics = opened.settle(found);
    return { exitCode: hasErrors(diagnostics) ? 1 : 0, diagnostics, summary: { resources: results.length }, results };
  });

export interface CompiledNode {
  readonly id: string;
  readonly product: string | undefined;
  /** Relative to the workspace, or to where the command was started. */
  readonly file: string;
  readonly sql: string;
}

/**
 * Renders the selected nodes and writes `compiled/` and `manifest.json` into each project's target folder.
 * The engine is opened only where a template asks it something.
 */
export const compile = (options: DbtOptions): Promise<OperationResult<readonly CompiledNode[]>> =>
  answering([], async () => {
    const opened = await openPlaces(options);
    const found: Diagnostic[] = [];
    const results: CompiledNode[] = [];
    const base = options.root ?? options.cwd ?? process.cwd();
    for (const place of opened.places) {
      const { project, selected } = place;
      found.push(...project.diagnostics.filter((d) => d.code !== "sql/needs-engine"), ...selected.diagnostics);
      const lazily = new LazyConnection(place, options.signal);
      try {
        for (const node of [...selected.nodes, ...selected.analyses]) {
          if (node.resourceType === "seed") continue;
          const compiled = await compileNode(project, node, lazily);
          if (hasErrors(compiled.diagnostics)) {
            found.push(...compiled.diagnostics);
            continue;
          }
          const path = compiledPath(project, node);
          writeTarget(place, path, `${compiled.sql}\n`);
          const file = relative(base, `${place.targetFolder}/${path.replace(/^target\//, "")}`).replaceAll("\\", "/");
          results.push({ id: node.id, product: node.product, file, sql: compiled.sql });
        }
      } finally {
        await lazily.close();
      }
      writeTarget(place, "manifest.json", manifest(project, artifactOptions(opened)));
    }
    const diagnostics = opened.settle(unique(found));
    return { exitCode: hasErrors(diagnostics) ? 1 : 0, diagnostics, summary: { compiled: results.length }, results };
  });

/** A connection that is made when it is first needed. */
export class LazyConnection {
  readonly #place: DbtPlace;
  readonly #signal: AbortSignal | undefined;
  #made: Promise<Connection> | undefined;

  constructor(place: DbtPlace, signal: AbortSignal | undefined) {
    this.#place = place;
    this.#signal = signal;
  }

  get(): Promise<Connection> {
    return (this.#made ??= this.#place.connect(this.#signal));
  }

  async close(): Promise<void> {
    await (await this.#made)?.close();
  }
}

/** A node as SQL; templates that ask the engine get their answers. */
export async function compileNode(project: Project, node: ProjectNode, connection: LazyConnection): Promise<Compiled> {
  const compiled = project.compile(node);
  if (!compiled.diagnostics.some((d) => d.code === "sql/needs-engine")) return compiled;
  const { session } = await connection.get();
  return project.prepare(node, sessionAsk(session));
}

/** The same finding at the same place is said once. */
export function unique(found: readonly Diagnostic[]): Diagnostic[] {
  const key = (d: Diagnostic): string =>
    JSON.stringify([d.code, d.message, d.span?.file, d.span?.line, d.span?.column]);
  return [...new Map(found.map((d) => [key(d), d])).values()];
}
