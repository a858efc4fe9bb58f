import type { ProjectNode } from "../model.ts";
import type { Step } from "./materialize.ts";
import { markOn, markText, ownershipMark } from "./ownership.ts";
import { columnsOf } from "./perform-steps.ts";
import type { Work } from "./perform-steps.ts";

/**
 * The engine's comments: descriptions where `persist_docs` asks for them, and under a relation's own the mark of who made
 * it. Rows that are added to a relation (`anew: false`) leave its mark as it is.
 */
export async function commentSteps(
  work: Work,
  node: ProjectNode,
  made: "table" | "view",
  anew: boolean,
): Promise<readonly Step[]> {
  const { persistDocs } = node.config;
  const { dialect, capabilities } = work.session;
  const marks = work.marks !== undefined && work.marks.on(node.relation);
  if (capabilities.engine === "trino" || (!persistDocs.relation && !persistDocs.columns && !(marks && anew))) return [];
  const steps: Step[] = [];
  const name = dialect.relation(node.relation);
  const described = persistDocs.relation && node.description !== "";
  if (described || (marks && anew)) {
    const mark = !marks
      ? undefined
      : anew
        ? ownershipMark(work.project, node, work.marks!.run)
        : await markOn(work.session, node.relation, work.signal);
    const text = [...(described ? [node.description] : []), ...(mark === undefined ? [] : [markText(mark)])].join("\n");
    steps.push({ sql: `comment on ${made} ${name} is ${dialect.literal(text)}` });
  }
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
