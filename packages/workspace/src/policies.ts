import type { Contract, Infrastructure, UpstreamReference } from "@meshwork/contract";
import { readAnyDocument, withMajor } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import type { GovernedProduct, PolicyInput } from "@meshwork/governance";
import { complianceReport, evaluatePolicies } from "@meshwork/governance";
import type { ProductSnapshot } from "@meshwork/publishers";
import { producerOf } from "./graph.ts";
import type { Product, Workspace } from "./workspace.ts";

/** Per product: how each policy stands. */
export type PolicyVerdicts = ReadonlyMap<string, ProductSnapshot["compliance"]>;

/** What policies find in the mesh, and what is wrong with the infrastructure files that they take as evidence. */
export function policyFindings(workspace: Workspace, today: string): readonly Diagnostic[] {
  const unreadable: Diagnostic[] = [];
  const input = policyInput(workspace, today, (found) => unreadable.push(...found));
  return [...unreadable, ...evaluatePolicies(input)];
}

const words = {
  compliant: "met",
  violated: "violated",
  waived: "waived",
} as const satisfies Partial<Record<ReturnType<typeof complianceReport>[number]["status"], string>>;

/** The same for catalogs: a status for each policy that holds for a product. */
export function policyVerdicts(workspace: Workspace, today: string): PolicyVerdicts {
  const out = new Map<string, ProductSnapshot["compliance"][number][]>();
  for (const entry of complianceReport(policyInput(workspace, today, () => undefined))) {
    if (entry.status === "not-applicable" || entry.enforcement === undefined) continue;
    const verdicts = out.get(entry.product) ?? [];
    out.set(entry.product, verdicts);
    verdicts.push({
      policy: entry.policy,
      enforcement: entry.enforcement,
      status: words[entry.status] ?? "not-evaluated",
      ...(entry.details.length > 0 ? { message: entry.details.join(" ").slice(0, 2000) } : {}),
    });
  }
  return out;
}

function policyInput(workspace: Workspace, today: string, report: (found: readonly Diagnostic[]) => void): PolicyInput {
  const { meshRead } = workspace;
  return {
    products: [...workspace.products.values()].flatMap((p) => (p.contract ? [governed(workspace, p, report)] : [])),
    domains: [...workspace.domains.values()].flatMap((d) =>
      d.value ? [{ value: d.value, source: d.read.source }] : [],
    ),
    ...(meshRead?.value ? { mesh: { value: meshRead.value, source: meshRead.source } } : {}),
    today,
  };
}

function governed(
  workspace: Workspace,
  product: Product,
  report: (found: readonly Diagnostic[]) => void,
): GovernedProduct {
  const base = { contract: namedByVersion(workspace, product), source: product.read.source };
  const file = `${product.directory}/infrastructure.yaml`;
  const text = workspace.files.read(file);
  if (text === undefined) return base;
  const read = readAnyDocument({ file, text }, { domain: product.domain, product: product.product });
  report(read.diagnostics.map((d) => ({ ...d, span: d.span, product: product.name })));
  if (read.value?.kind !== "DataProductInfrastructure") return base;
  return { ...base, infrastructure: { value: read.value satisfies Infrastructure, source: read.source } };
}

/** Policies know products by domain and name: an older version has a name of its own, and so have those it reads. */
function namedByVersion(workspace: Workspace, product: Product): Contract {
  const contract = product.contract!;
  const named = (u: UpstreamReference): UpstreamReference => {
    const producer = producerOf(workspace, withMajor(contract, u));
    return producer?.versionFolder === undefined ? u : { ...u, product: localName(producer) };
  };
  return {
    ...contract,
    product: product.versionFolder === undefined ? contract.product : localName(product),
    inputs: contract.inputs.map((i) => ({ ...i, from: named(i.from) })),
    lineage: { ...contract.lineage, upstream: contract.lineage.upstream.map(named) },
  };
}

const localName = (product: Product): string => product.name.slice(product.domain.length + 1);
