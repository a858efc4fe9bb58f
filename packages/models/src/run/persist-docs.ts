import type { ProjectNode } from "../model.ts";
import type { Step } from "./materialize.ts";
import { columnsOf } from "./perform-steps.ts";
import type { Work } from "./perform-steps.ts";

/** Descriptions as the engine's comments, where `persist_docs` asks for them. */
export async function commentSteps(work: Work, node: ProjectNode, made: "table" | "view"): Promise<readonly Step[]> {
  const { persistDocs } = node.config;
  const { dialect, capabilities } = work.session;
  if (capabilities.engine === "trino" || (!persistDocs.relation && !persistDocs.columns)) return [];
  const steps: Step[] = [];
  const name = dialect.relation(node.relation);
  if (persistDocs.relation && node.description !== "")
    steps.push({ sql: `comment on ${made} ${name} is ${dialect.literal(node.description)}` });
  if (persistDocs.columns) {
    const described = [...node.columns.values()].filter((c) => c.description !== "");
    const there = described.length === 0 ? [] : await columnsOf(work, node.relation);
    for (const column of described) {
      const own = there.find((c) => c.name.toLowerCase() === column.name.toLowerCase());
      if (own === undefined) continue;
      const text = dialect.literal(column.description);
      steps.push({ sql: `comment on column ${name}.${dialect.identifier(own.name)} is ${text}` });
    }
  }
  return steps;
}
