import { portReference } from "@meshwork/contract";
import type { Session } from "@meshwork/engine";
import type { Relation } from "@meshwork/sql";
import type { EmbeddedTarget } from "./embedded-target.ts";
import { producerOf } from "./graph.ts";
import type { LoadedMesh } from "./load-mesh.ts";
import type { Product } from "./workspace.ts";

type Resolve = (reference: string) => { readonly relation: Relation; readonly column: string } | undefined;

/** A port of the same product as it is about to be: a promise between two ports holds for the new state of both. */
export interface StagedPort {
  readonly port: string;
  readonly relation: Relation;
}

/**
 * Finds what a column's `references` names, `domain.product[.port].column`, and makes it readable in the session.
 * A port that is not built resolves to nothing: the check is skipped and says so.
 */
export async function portResolver(
  mesh: LoadedMesh,
  target: EmbeddedTarget,
  product: Product,
  session: Session,
  staged: readonly StagedPort[] = [],
): Promise<Resolve> {
  const wanted = new Set(
    (product.contract?.ports ?? []).flatMap((p) => p.columns.flatMap((c) => c.constraints.references ?? [])),
  );
  const found = new Map<string, { relation: Relation; column: string }>();
  for (const reference of wanted) {
    const column = reference.slice(reference.lastIndexOf(".") + 1);
    const named = portReference(reference.slice(0, Math.max(0, reference.lastIndexOf("."))));
    const producer = named && producerOf(mesh.workspace, named);
    const port = producer?.contract?.ports.find((p) => (named?.port === undefined ? p.default : p.name === named.port));
    const own = producer === product ? staged.find((s) => s.port === port?.name) : undefined;
    if (own) {
      found.set(reference, { relation: own.relation, column });
      continue;
    }
    const snapshot = producer && port && (await target.snapshot(producer, port));
    if (!producer || !port || !snapshot) continue;
    const relation = target.relation(producer, port);
    await target.attach(session, [{ relation, files: snapshot.files }]);
    found.set(reference, { relation, column });
  }
  return (reference) => found.get(reference);
}
