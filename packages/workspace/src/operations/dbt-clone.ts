import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import { EngineError } from "@meshwork/engine";
import type { Session } from "@meshwork/engine";
import { RelationCatalog, sqlCodes } from "@meshwork/models";
import { openPlaces } from "../dbt/open-places.ts";
import { stateFolder, stateRelations } from "../dbt/state.ts";
import type { OperationResult } from "../operation.ts";
import { answering } from "../operation.ts";
import type { RanNode, RunVerbOptions } from "./dbt-verbs.ts";

/**
 * dbt's `clone`: each selected node as another state has it. Where the engine cannot copy without copying the data,
 * as DuckDB and Postgres cannot, the clone is a view of the other state's relation.
 */
export const clone = (options: RunVerbOptions): Promise<OperationResult<readonly RanNode[]>> =>
  answering([], async () => {
    const opened = await openPlaces({ ...options, command: "clone" }, ["model", "seed", "snapshot"]);
    const state = stateRelations(stateFolder(options, "clone"));
    const found: Diagnostic[] = [];
    const results: RanNode[] = [];
    for (const place of opened.places) {
      const { project, selected } = place;
      found.push(...project.diagnostics.filter((d) => d.severity === "error" && d.code !== "sql/needs-engine"));
      found.push(...selected.diagnostics);
      const nodes = selected.nodes.filter((n) => n.resourceType !== "test" && n.config.materialized !== "ephemeral");
      if (nodes.length === 0 || hasErrors(found)) continue;
      const connection = await place.connect(options.signal);
      try {
        const { session } = connection;
        const relations = nodes.map((n) => n.relation);
        const catalog = await RelationCatalog.read(session, relations, options.signal);
        for (const node of project.order(nodes)) {
          const started = performance.now();
          const other = state.get(node.id)?.relation;
          const existing = catalog.get(node.relation);
          const done = (status: RanNode["status"], made: string): void =>
            void results.push({
              id: node.id,
              product: node.product,
              status,
              made,
              ms: Math.round(performance.now() - started),
            });
          if (other === undefined) done("success", "not in the other state");
          else if (existing !== undefined && options.fullRefresh !== true) done("success", "there already");
          else {
            const name = session.dialect.relation(node.relation);
            try {
              if (!catalog.hasSchema(node.relation)) {
                await run(session, `create schema if not exists ${session.dialect.schema(node.relation)}`);
                catalog.addSchema(node.relation);
              }
              if (existing !== undefined) await run(session, `drop ${existing} if exists ${name}`);
              await run(session, `create view ${name} as select * from ${session.dialect.relation(other)}`);
              done("success", "view");
            } catch (error) {
              if (!(error instanceof EngineError)) throw error;
              const reason = `"${node.name}" cannot be cloned: ${error.message.split("\n")[0]!}`;
              found.push(sqlCodes.create("query-failed", { reason }, { span: node.place, product: node.product }));
              done("error", "view");
            }
          }
        }
      } finally {
        await connection.close();
      }
    }
    const diagnostics = opened.settle(found);
    const failed = results.filter((r) => r.status === "error").length;
    return {
      exitCode: hasErrors(diagnostics) ? 1 : 0,
      diagnostics,
      summary: { resources: results.length, passed: results.length - failed, failed },
      results,
    };
  });

async function run(session: Session, sql: string): Promise<void> {
  await (await session.query(sql)).rows();
}
