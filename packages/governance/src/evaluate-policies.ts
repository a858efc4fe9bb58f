import type { Domain, DomainPolicy, Mesh } from "@meshwork/contract";
import type { Diagnostic, Path } from "@meshwork/diagnostics";
import { didYouMean } from "@meshwork/diagnostics";
import type { AppliedPolicy } from "./applicable-policies.ts";
import { policiesFor } from "./applicable-policies.ts";
import type { GovernedProduct, Placed, PolicyFinding, Verdict } from "./define-policy.ts";
import { nameOf, optionsOf } from "./define-policy.ts";
import { doubleClaims } from "./double-claims.ts";
import { enforcedArea, meshwideArea } from "./policy-area.ts";
import { nearestPolicy, policyNamed, suggestionFor } from "./policy-names.ts";
import { undeclaredPii } from "./undeclared-pii.ts";

/** All that policies look at. Pure: today is an input (`YYYY-MM-DD`). */
export interface PolicyInput {
  readonly products: readonly GovernedProduct[];
  readonly domains: readonly Placed<Domain>[];
  readonly mesh?: Placed<Mesh> | undefined;
  readonly today: string;
}

/** One policy's verdict on one product. */
export interface Judgement {
  readonly product: GovernedProduct;
  readonly applied: AppliedPolicy;
  readonly verdict: Verdict;
}

/** Every policy that holds for a product, with its verdict. */
export function judge(input: PolicyInput): Judgement[] {
  const products = new Map(input.products.map((product) => [nameOf(product.contract), product]));
  return input.products.flatMap((product) => {
    const domain = input.domains.find((each) => each.value.name === product.contract.domain)?.value;
    return policiesFor(product, input).map((applied) => {
      const options = optionsOf(applied.options);
      return {
        product,
        applied,
        verdict: applied.policy.evaluate({ product, domain, mesh: input.mesh?.value, products, options }),
      };
    });
  });
}

/**
 * What policies find: required ones as errors (warnings until their `grace_until`), recommended ones as warnings,
 * optional ones as information; names that are no policy; personal data that nobody declared; data that two domains
 * claim. Findings about a product carry its name and their place; `ignore` and `rules` of the mesh are applied by
 * whoever gathers all findings.
 */
export function evaluatePolicies(input: PolicyInput): Diagnostic[] {
  const judgements = judge(input);
  return [
    ...namesOfPolicies(input),
    ...judgements.flatMap(({ product, applied, verdict }) =>
      verdict.status === "violated" ? verdict.findings.map((finding) => findingOf(product, applied, finding)) : [],
    ),
    ...judgements
      .filter(({ applied }) => applied.policy.name === "pii-masking")
      .flatMap(({ product }) => undeclaredPii(product)),
    ...doubleClaims(input),
  ];
}

function findingOf(product: GovernedProduct, applied: AppliedPolicy, finding: PolicyFinding): Diagnostic {
  const source = finding.in === "infrastructure" ? (product.infrastructure?.source ?? product.source) : product.source;
  const help = finding.help ?? applied.policy.help;
  return enforcedArea.create(applied.policy.name, finding, {
    severity: applied.severity,
    product: nameOf(product.contract),
    path: finding.path,
    span: () => source.spanOf(finding.path, finding.part),
    help: applied.graceUntil === undefined ? help : `${help}; an error from ${applied.graceUntil} on`,
  });
}

/** Names in mesh.yaml, in domains and in contracts that are no policy, or not its own name; options it does not have. */
function namesOfPolicies({ mesh, domains, products }: PolicyInput): Diagnostic[] {
  const listed = (placed: Placed<{ readonly policies: readonly DomainPolicy[] }>): Diagnostic[] =>
    placed.value.policies.flatMap((policy) => [
      ...nameFinding(policy.name, placed.source, [...policy.at, "name"]),
      ...optionFindings(policy, placed.source),
    ]);
  return [
    ...(mesh === undefined ? [] : listed(mesh)),
    ...domains.flatMap(listed),
    ...products.flatMap(({ contract, source }) =>
      contract.access.policies.flatMap((name, i) =>
        // A contract may name what only the company knows; in mesh.yaml it would be a rule that nobody enforces.
        nameFinding(name, source, ["spec", "access", "policies", i], {
          product: nameOf(contract),
          severity: "warning",
        }),
      ),
    ),
  ];
}

function nameFinding(
  name: string,
  source: GovernedProduct["source"],
  path: Path,
  extra: { readonly product?: string; readonly severity?: "warning" } = {},
): Diagnostic[] {
  const known = policyNamed(name);
  if (known !== undefined && !known.alias) return [];
  const span = () => source.spanOf(path);
  const replace = known?.policy.name ?? nearestPolicy(name);
  const place = source.spanOf(path);
  const fixes =
    replace === undefined || place === undefined
      ? []
      : [
          {
            title: `replace it with "${replace}"`,
            edits: [{ ...rangeOf(place), text: replace }],
            safe: known !== undefined,
          },
        ];
  if (known === undefined) {
    return [
      meshwideArea.create("unknown-policy", { name, suggestion: suggestionFor(name) }, { ...extra, path, span, fixes }),
    ];
  }
  return [meshwideArea.create("policy-alias", { name, policy: known.policy.name }, { ...extra, path, span, fixes })];
}

const rangeOf = ({
  line,
  column,
  endLine,
  endColumn,
}: {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}) => ({
  line,
  column,
  endLine,
  endColumn,
});

function optionFindings(listed: DomainPolicy, source: GovernedProduct["source"]): Diagnostic[] {
  const policy = policyNamed(listed.name)?.policy;
  if (policy === undefined) return [];
  const known = Object.keys(policy.options ?? {});
  return Object.keys(listed.options)
    .filter((option) => !known.includes(option))
    .map((option) => {
      const path = [...listed.at, "options", option];
      const params = { policy: policy.name, option, suggestion: didYouMean(option, known) };
      return meshwideArea.create("unknown-option", params, { path, span: () => source.spanOf(path, "key") });
    });
}
