import type { OutputPort } from "@meshwork/contract";
import { canonicalCheck } from "@meshwork/contract";
import type { ArtifactProject, NodeRecord, ResultLedger } from "@meshwork/engine-dbt";
import type { ProjectNode } from "@meshwork/models";
import type { Check, CheckResult } from "@meshwork/quality";
import { compileChecks } from "@meshwork/quality";
import type { Column } from "@meshwork/sql";
import { describeType } from "@meshwork/sql";
import { fits } from "../fits.ts";
import type { Product } from "../workspace.ts";

/** Names of dbt's tests and of its packages' by the assertion that promises the same. */
const assertionsByTest: Readonly<Record<string, string>> = {
  not_null: "not_null",
  unique: "unique",
  accepted_values: "accepted_values",
  relationships: "references",
  "dbt_utils.accepted_range": "range",
  "dbt_utils.not_constant": "not_constant",
  "dbt_utils.unique_combination_of_columns": "unique",
};

/** What a test shows, in our words: its assertion, the columns it is about, its values. */
interface Shown {
  readonly assertion: string;
  readonly columns: readonly string[];
  readonly values: readonly string[] | undefined;
  readonly record: NodeRecord | undefined;
  readonly node: ProjectNode;
}

function shownBy(node: ProjectNode, ledger: ResultLedger): Shown | undefined {
  const { test } = node;
  if (test === undefined || test.kind !== "generic") return undefined;
  const expectation = /^dbt_expectations\.(expect_\w+)$/.exec(test.name)?.[1];
  const args = Object.fromEntries(test.arguments);
  const assertion =
    assertionsByTest[test.name] ??
    (expectation === undefined ? undefined : canonicalCheck(expectation, args).assertion);
  if (assertion === undefined) return undefined;
  const combination = args["combination_of_columns"];
  const columns = Array.isArray(combination) ? combination.map(String) : test.column === undefined ? [] : [test.column];
  const values = Array.isArray(args["values"]) ? args["values"].map(String) : undefined;
  // A test of some rows only shows nothing of the others.
  if (node.config.where !== undefined) return undefined;
  return { assertion, columns: columns.map(plain), values, record: ledger.nodes[node.id], node };
}

/** A column's name as macros and YAML may write it, in quotes or not, in any case. */
const plain = (name: string): string => name.replaceAll(/^["'`[]|["'`\]]$/g, "").toLowerCase();

/**
 * What dbt's tests say of each promise of a port, and the catalog of its columns. A promise that no test looks at was
 * not checked, and says so: it is never shown as passed.
 */
export function promisesKept(
  product: Product,
  port: OutputPort,
  model: ProjectNode,
  project: ArtifactProject,
  ledger: ResultLedger,
): CheckResult[] {
  const columns = project.catalog?.relations.has(model.id) ? project.columnsOf(model.id) : undefined;
  const shown = [...project.nodes.values()]
    .filter((n) => n.resourceType === "test" && (n.test?.attachedTo ?? soleParent(n)) === model.id)
    .flatMap((n) => shownBy(n, ledger) ?? []);
  const checks = compileChecks(port, { relation: model.relation, retentionBy: product.contract?.retention?.by });
  return checks.map((check) => {
    const base = baseOf(check);
    const answer: Answer =
      check.plan.form === "refused"
        ? { status: "error", reason: check.plan.reason }
        : check.assertion === "schema"
          ? schemaVerdict(port, check, columns)
          : verdict(port, check, shown);
    // What was not looked at or could not run is no finding about the data.
    const code =
      answer.status === "skipped" ? "check/skipped" : answer.status === "error" ? "check/not-run" : base.code;
    return { ...base, ...answer, code };
  });
}

/** Older manifests do not say what a test is attached to; one that reads one node is about that. */
function soleParent(node: ProjectNode): string | undefined {
  const parents = node.dependencies.flatMap((d) => (d.kind === "node" ? [d.id] : []));
  return node.test?.name === "relationships" ? parents.at(-1) : parents.length === 1 ? parents[0] : undefined;
}

type Answer = Pick<CheckResult, "status"> & Partial<CheckResult>;

const baseOf = (check: Check): Omit<CheckResult, "status"> => ({
  check: check.name,
  code: `check/${check.code}`,
  assertion: check.assertion,
  column: check.column,
  expected: "expected" in check.plan ? check.plan.expected : "",
  threshold: check.threshold,
  severity: check.severity,
  dimension: check.dimension,
  ms: 0,
  at: check.at,
});

function schemaVerdict(port: OutputPort, check: Check, columns: readonly Column[] | undefined): Answer {
  if (columns === undefined)
    return { status: "skipped", reason: "there is no catalog.json with the columns of the warehouse" };
  const promised = port.columns.find((c) => c.name === check.column);
  const found = columns.find((c) => c.name.toLowerCase() === check.column?.toLowerCase());
  if (promised === undefined || found === undefined) return { status: "failed", actual: "no such column" };
  if (found.type.kind === "opaque")
    return { status: "skipped", reason: `the warehouse says ${found.type.name}, a type that is not known here` };
  return { status: fits(found, promised) ? "passed" : "failed", actual: describeType(found.type) };
}

function verdict(port: OutputPort, check: Check, shown: readonly Shown[]): Answer {
  const key = port.columns.filter((c) => c.constraints.primaryKey === true).map((c) => plain(c.name));
  const isKey = check.assertion === "primary_key";
  const wanted = isKey ? key : check.column === undefined ? [] : [plain(check.column)];
  const about = (assertion: string, columns: readonly string[]): Shown | undefined =>
    shown.find((s) => s.assertion === assertion && sameSet(s.columns, columns) && covers(s, check));
  // A key is unique and nowhere NULL: as many tests as it has columns, and one more.
  const needed = isKey
    ? [about("unique", wanted), ...wanted.map((c) => about("not_null", [c]))]
    : [about(check.assertion, wanted)];
  const missing = needed.includes(undefined);
  const said = needed.filter((s) => s !== undefined);
  const bad = said.find((s) => s.record !== undefined && ["fail", "error", "warn"].includes(s.record.status));
  if (bad !== undefined) return told(bad, check);
  if (missing) return { status: "skipped", reason: "no test of the dbt project looks at it" };
  const unknown = said.find((s) => s.record === undefined || s.record.status === "skipped");
  if (unknown !== undefined)
    return { status: "skipped", reason: `dbt has not run ${unknown.node.name} on this target` };
  return { status: "passed", failing: 0, ms: said.reduce((n, s) => n + s.record!.ms, 0) };
}

function told({ record, node }: Shown, check: Check): Answer {
  if (record!.status === "error")
    return {
      status: "error",
      reason: `${node.name} could not run: ${record!.message?.split("\n")[0] ?? "dbt says no more"}`,
    };
  const failing = record!.failures === undefined ? {} : { failing: record!.failures };
  return { status: check.severity === "warning" ? "warning" : "failed", ...failing, ms: record!.ms };
}

/** Accepted values that the test allows and the contract does not are more than it promises. */
function covers({ assertion, values }: Shown, check: Check): boolean {
  if (assertion !== "accepted_values") return true;
  const promised = enumOf(check)?.map(String);
  return values !== undefined && (promised === undefined || values.every((v) => promised.includes(v)));
}

const enumOf = (check: Check): readonly unknown[] | undefined =>
  check.port.columns.find((c) => c.name === check.column)?.constraints.enum;

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((each) => b.includes(each));
