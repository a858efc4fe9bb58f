import { portReference, withNested } from "@meshwork/contract";
import type { ContractColumn } from "@meshwork/contract";
import { nearest } from "@meshwork/diagnostics";
import { describeType, widens } from "@meshwork/sql";
import type { Workspace } from "../workspace.ts";
import { meshWideArea } from "./area.ts";
import { producerOf } from "../graph.ts";
import type { MeshRule } from "./mesh-rule.ts";
import { portNamed } from "./upstream-reads.ts";

/** `references` has to lead to a column of the mesh that can hold the same values. */
export const referenceBroken: MeshRule = {
  codes: ["contract/reference-broken"],
  check(workspace) {
    return [...workspace.products.values()].flatMap((product) =>
      (product.contract?.ports ?? []).flatMap((port) =>
        [...withNested(port.columns)].flatMap(({ column }) => {
          const text = column.constraints.references;
          const found = text === undefined ? undefined : problemOf(workspace, column, text);
          if (text === undefined || found === undefined) return [];
          const path = [...column.at, "constraints", "references"];
          const params = { text, problem: found.problem, candidates: found.candidates };
          const extra = { product: product.name, path, span: () => product.read.source.spanOf(path) };
          return [meshWideArea.create("reference-broken", params, extra)];
        }),
      ),
    );
  },
};

interface Problem {
  readonly problem: string;
  readonly candidates: readonly string[];
}

function problemOf(workspace: Workspace, column: ContractColumn, text: string): Problem | undefined {
  const dot = text.lastIndexOf(".");
  const name = text.slice(dot + 1);
  const reference = portReference(text.slice(0, Math.max(0, dot)));
  // A text of another form is reported where it is read.
  if (reference === undefined) return undefined;
  const owner = `${reference.domain}.${reference.product}`;
  const written = text.slice(0, dot);
  const products = [...workspace.products.keys()];
  const producer = producerOf(workspace, reference);
  if (producer === undefined) {
    // The domain's name decides first: a name outside the mesh need not be measured against every product.
    const domains = workspace.domains.has(reference.domain)
      ? [reference.domain]
      : nearest(reference.domain, workspace.domains.keys());
    const near = nearest(
      owner,
      products.filter((p) => domains.some((d) => p.startsWith(`${d}.`))),
    );
    if (!workspace.domains.has(reference.domain) && near.length === 0) return undefined;
    return { problem: `the mesh has no product "${owner}"`, candidates: near.map((p) => `${p}.${name}`) };
  }
  const { contract } = producer;
  if (!contract) return undefined;
  const port = portNamed(contract, reference.port);
  if (port === undefined) {
    const near = nearest(
      reference.port ?? "",
      contract.ports.map((p) => p.name),
    );
    const named = near.map((p) => `${owner}.${p}.${name}`);
    return { problem: `"${owner}" has no port "${reference.port}"`, candidates: named };
  }
  const target = port.columns.find((c) => c.name.toLowerCase() === name.toLowerCase());
  if (target === undefined) {
    const near = nearest(
      name,
      port.columns.map((c) => c.name),
    );
    const where = port.default ? `"${owner}"` : `port "${port.name}" of "${owner}"`;
    return { problem: `${where} has no column "${name}"`, candidates: near.map((c) => `${written}.${c}`) };
  }
  if (comparable(column, target)) return undefined;
  const types = `it is ${describeType(target.type)}, and "${column.name}" is ${describeType(column.type)}`;
  return { problem: types, candidates: [] };
}

/** Values of one type can be found among those of the other: lengths do not matter, widths may differ. */
const comparable = (a: ContractColumn, b: ContractColumn): boolean =>
  (a.type.kind === "string" && b.type.kind === "string") || widens(a.type, b.type) || widens(b.type, a.type);
