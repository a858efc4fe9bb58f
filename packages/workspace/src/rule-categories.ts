/** What codes are about, in the order in which they are listed. */
export const categories = [
  "structure",
  "naming",
  "ownership",
  "semantics",
  "quality",
  "security",
  "lineage",
  "compatibility",
  "operation",
] as const;
export type Category = (typeof categories)[number];

/** Of an area whose codes are mostly about one thing. */
const ofArea: Readonly<Record<string, Category>> = {
  check: "quality",
  compat: "compatibility",
  contract: "structure",
  import: "operation",
  mesh: "structure",
  policy: "security",
  publish: "operation",
  scaffold: "operation",
  sql: "structure",
};

const exceptions: Readonly<Record<Exclude<Category, "structure">, readonly string[]>> = {
  naming: [
    "contract/bad-name",
    "contract/duplicate-column",
    "contract/duplicate-port",
    "contract/hyphen-collision",
    "contract/name-mismatch",
    "contract/naming-convention",
    "contract/reserved-name",
    "mesh/bad-naming",
    "sql/duplicate-model",
    "sql/duplicate-relation",
  ],
  ownership: ["contract/owner-email", "contract/owner-required", "mesh/owner-required", "policy/double-claim"],
  semantics: [
    "contract/bad-pattern",
    "contract/contradictory-bounds",
    "contract/date-in-the-past",
    "contract/description-missing",
    "contract/nullable-source",
    "contract/primary-key-missing",
    "contract/sla-required",
    "contract/sla-unsupported",
    "contract/value-mismatch",
    "sql/extra-column",
    "sql/missing-column",
    "sql/type-mismatch",
    "sql/unchecked-model",
  ],
  quality: [
    "contract/bad-arguments",
    "contract/duplicate-check",
    "contract/foreign-check",
    "contract/redundant-check",
    "contract/unknown-assertion",
    "contract/unknown-column",
    "policy/quality-slo",
    "sql/failing-rows",
    "sql/test-failed",
  ],
  security: [
    "contract/classification-lowered",
    "contract/pii-passed-on",
    "contract/retention-exceeds-source",
    "mesh/secret-in-file",
    "publish/missing-secret",
    "sql/unmaskable-column",
  ],
  lineage: [
    "contract/input-mismatch",
    "contract/lineage-required",
    "contract/near-upstream",
    "contract/reference-broken",
    "contract/status-order",
    "contract/unconfirmed-downstream",
    "contract/undeclared-upstream",
    "contract/unknown-upstream",
    "contract/unpinned-upstream",
    "contract/unread-upstream",
    "contract/upstream-cycle",
    "policy/data-lineage",
    "sql/cycle",
    "sql/port-warning",
    "sql/private-ref",
    "sql/unknown-ref",
    "sql/unknown-source",
    "sql/unreachable-upstream",
  ],
  compatibility: [
    "contract/deprecated-upstream",
    "contract/deprecation-end",
    "contract/lock-stale",
    "contract/previous-versions",
    "contract/version-ended",
    "contract/version-folder",
    "contract/version-identity",
    "contract/version-order",
    "contract/version-sunset",
    "sql/schema-changed",
  ],
  operation: ["sql/engine-failed", "sql/needs-engine", "sql/nothing-selected", "sql/query-failed", "sql/storage-full"],
};

const known = new Map(
  Object.entries(exceptions).flatMap(([category, codes]) => codes.map((code) => [code, category as Category])),
);

/** The one category of a code. */
export const categoryOf = (code: string): Category =>
  known.get(code) ?? ofArea[code.slice(0, code.indexOf("/"))] ?? "structure";

/** Codes that have a category of their own, for the test that they exist. */
export const listedCodes = (): readonly string[] => [...known.keys()];
