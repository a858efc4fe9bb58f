import { hasErrors } from "@meshwork/diagnostics";
import type { Diagnostic } from "@meshwork/diagnostics";
import { EngineError } from "@meshwork/engine";
import type { Session } from "@meshwork/engine";
import type { MarkedRelation, Project } from "@meshwork/models";
import { markedRelations } from "@meshwork/models";
import type { DbtOptions } from "./dbt/dbt-options.ts";
import { openPlaces } from "./dbt/open-places.ts";

/** A relation that bears the mark of this project and target, and that no node makes any more. */
export interface OrphanedRelation {
  readonly kind: "relation";
  /** As SQL names it. */
  readonly path: string;
  readonly what: string;
  /** Why it stays, whatever is asked for. */
  readonly kept?: string | undefined;
}

/**
 * Finds, and on demand drops, relations that a project made and makes no more. One without the ownership mark is never
 * looked at, and what something else depends on stays.
 */
export async function pruneRelations(
  options: DbtOptions,
  remove: boolean,
): Promise<{ readonly found: readonly OrphanedRelation[]; readonly diagnostics: readonly Diagnostic[] }> {
  const found: OrphanedRelation[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const place of (await openPlaces({ ...options, command: "prune" })).places) {
    const { project } = place;
    const broken = project.diagnostics.filter((d) => d.severity === "error" && d.code !== "sql/needs-engine");
    // A model that cannot be read is no model that is gone.
    if (hasErrors(broken)) {
      diagnostics.push(...broken);
      continue;
    }
    if (options.signal?.aborted === true || place.isThere?.() === false) continue;
    const connection = await place.connect(options.signal);
    try {
      const { session } = connection;
      const orphans = orphansOf(project, await markedRelations(session, options.signal));
      found.push(...(await dropAll(session, orphans, remove)));
    } finally {
      await connection.close();
    }
  }
  return { found, diagnostics };
}

function orphansOf(project: Project, marked: readonly MarkedRelation[]): MarkedRelation[] {
  const name = (relation: MarkedRelation["relation"]): string =>
    JSON.stringify([relation.schema ?? project.target.schema, relation.name]).toLowerCase();
  const made = new Set(
    [...project.nodes.values()]
      .filter((n) => n.resourceType !== "test" && n.config.materialized !== "ephemeral")
      .map((n) => name(n.relation)),
  );
  const { target } = project;
  return marked.filter(
    ({ relation, mark }) =>
      mark.project === project.name &&
      mark.target === target.name &&
      mark.schema === target.schema &&
      !made.has(name(relation)),
  );
}

/** Views go before what they read; a round that drops nothing is the last. */
async function dropAll(
  session: Session,
  orphans: readonly MarkedRelation[],
  remove: boolean,
): Promise<OrphanedRelation[]> {
  const { dialect } = session;
  const results = new Map<MarkedRelation, OrphanedRelation>();
  const reasons = new Map<MarkedRelation, string>();
  let left: MarkedRelation[] = [];
  for (const orphan of orphans) {
    const path = dialect.relation(orphan.relation);
    const what = `${orphan.type} of ${orphan.mark.node}, which is gone`;
    const history = orphan.mark.node.startsWith("snapshot.");
    results.set(orphan, {
      kind: "relation",
      path,
      what,
      ...(history ? { kept: "it holds a snapshot's history: drop it by hand" } : {}),
    });
    if (!history) left.push(orphan);
  }
  left.sort((a, b) => Number(a.type === "table") - Number(b.type === "table"));
  if (!remove) return [...results.values()];
  for (let before = -1; left.length > 0 && left.length !== before;) {
    before = left.length;
    const again: MarkedRelation[] = [];
    for (const orphan of left) {
      try {
        await (await session.query(`drop ${orphan.type} ${dialect.relation(orphan.relation)}`)).rows();
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        reasons.set(orphan, error.message.split("\n")[0]!);
        again.push(orphan);
      }
    }
    left = again;
  }
  for (const orphan of left) results.set(orphan, { ...results.get(orphan)!, kept: reasons.get(orphan) });
  return [...results.values()];
}
