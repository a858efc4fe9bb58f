import { defineArea, didYouMean } from "@meshwork/diagnostics";

const quoted = (names: readonly string[]): string => names.map((n) => `"${n}"`).join(" or ");
const meant = (names: readonly string[]): string => (names.length === 0 ? "" : ` Did you mean ${quoted(names)}?`);
const rows = (n: number): string => (n === 1 ? "1 row" : `${n.toLocaleString("en-US")} rows`);

/** Everything that is said about SQL models, their properties and their runs. */
export const sqlCodes = defineArea(
  "sql",
  { directory: new URL("./rules/", import.meta.url), suffix: ".rule.md" },
  {
    "missing-project": {
      severity: "error",
      message: (p: { folder: string }) => `There is no dbt_project.yml in "${p.folder}".`,
      help: "create it with a name and model-paths",
    },
    "missing-package": {
      severity: "error",
      message: (p: { names: readonly string[]; file: string; local: boolean; folder: string }) =>
        p.names.length === 1
          ? `The package "${p.names[0]}" of ${p.file} is not there.`
          : `${p.names.length} packages of ${p.file} are not there: ${p.names.join(", ")}.`,
      help: (p: { local: boolean; folder: string }) =>
        p.local
          ? "correct the folder: it must hold a dbt_project.yml"
          : `run "dbt deps" in ${p.folder}, or put the package's folder under dbt_packages/`,
    },
    "bad-yaml": {
      severity: "error",
      message: (p: { reason: string }) => p.reason,
    },
    "unknown-key": {
      severity: "error",
      message: (p: { key: string; of: string; known: readonly string[]; effect?: string | undefined }) =>
        `${p.of} has no key "${p.key}"${p.effect === undefined ? "" : `; ${p.effect}`}.${didYouMean(p.key, p.known)}`,
      help: (p: { known: readonly string[] }) => `known keys: ${p.known.join(", ")}`,
    },
    deprecated: {
      severity: "warning",
      message: (p: { what: string }) => `${p.what}; newer versions of dbt refuse the old form.`,
    },
    "bad-config": {
      severity: "error",
      message: (p: { key: string; value: string; expected: string; where: string }) =>
        `${p.where}: "${p.key}" is ${p.value}; expected ${p.expected}.`,
    },
    "late-rows": {
      severity: "warning",
      message: (p: { model: string; rows: number; from: string; to: string }) =>
        `${rows(p.rows)} came for intervals of "${p.model}" that are filled and older than late_data accepts, between ${p.from.slice(0, 16)} and ${p.to.slice(0, 16)}; ${p.rows === 1 ? "it is" : "they are"} not in it.`,
      help: (p: { model: string; from: string; to: string }) =>
        `fill them again: mesh run --select ${p.model}+ --from ${p.from.replace("T00:00:00.000Z", "")} --to ${p.to.replace("T00:00:00.000Z", "")}`,
    },
    "duplicate-model": {
      severity: "error",
      message: (p: { kind: string; name: string; other: string }) =>
        `Two ${p.kind} are named "${p.name}": this one and the one in ${p.other}.`,
      help: "rename one of the two, so that the name means one thing",
    },
    "duplicate-relation": {
      severity: "error",
      message: (p: { relation: string; first: string; second: string }) =>
        `"${p.first}" and "${p.second}" would both be built as ${p.relation}.`,
      help: "give one of the two another alias or schema",
    },
    "unknown-properties": {
      severity: "warning",
      message: (p: { kind: string; name: string; candidates: readonly string[] }) =>
        `The properties name a ${p.kind} "${p.name}" that does not exist; its tests never run.${meant(p.candidates)}`,
    },
    "unknown-ref": {
      severity: "error",
      message: (p: { ref: string; what: string; candidates: readonly string[]; detail?: string | undefined }) =>
        `${p.what}${p.detail === undefined ? "" : ` ${p.detail}`}${meant(p.candidates)}`,
      help: (p: { ref: string }) => `add the model that ${p.ref} names, or correct the name`,
    },
    "unknown-doc": {
      severity: "error",
      message: (p: { name: string; candidates: readonly string[] }) =>
        `There is no docs block "${p.name}".${meant(p.candidates)}`,
      help: (p: { name: string }) => `write {% docs ${p.name} %} … {% enddocs %} in a .md file below a resource path`,
    },
    "unknown-metric": {
      severity: "error",
      message: (p: { kind: string; name: string; of: string; candidates: readonly string[] }) =>
        `There is no ${p.kind} "${p.name}", which ${p.of} names.${meant(p.candidates)}`,
      help: (p: { kind: string }) => `declare the ${p.kind} in a properties file, or correct the name`,
    },
    "metric-query": {
      severity: "error",
      message: (p: { reason: string }) => p.reason,
    },
    "unknown-source": {
      severity: "error",
      message: (p: { source: string; table: string; knowsSource: boolean; candidates: readonly string[] }) =>
        (p.knowsSource ? `Source "${p.source}" has no table "${p.table}".` : `No source is named "${p.source}".`) +
        meant(p.candidates),
      help: (p: { knowsSource: boolean; source: string; table: string }) =>
        p.knowsSource
          ? `declare the table "${p.table}" below the source "${p.source}", or correct the name`
          : `declare it under sources: in a properties file, or as an input of the contract`,
    },
    "private-ref": {
      severity: "error",
      message: (p: { model: string; owner: string; from: string; group?: boolean | undefined }) =>
        p.group === true
          ? `"${p.model}" is private to ${p.owner}; ${p.from}.`
          : `"${p.model}" is private to ${p.owner}; ${p.from} may read its ports only.`,
    },
    "port-warning": {
      severity: "warning",
      message: (p: { text: string }) => p.text,
    },
    cycle: {
      severity: "error",
      message: (p: { ring: readonly string[] }) =>
        p.ring.length === 1
          ? `"${p.ring[0]}" reads itself.`
          : `These models read each other in a ring: ${[...p.ring, p.ring[0]].join(" -> ")}.`,
      help: (p: { ring: readonly string[]; cut?: string | undefined }) =>
        p.ring.length === 1
          ? "read the table as it was with {{ this }}, in an incremental model"
          : (p.cut ?? "take one of these refs out"),
    },
    "jinja-syntax": {
      severity: "error",
      message: (p: { reason: string }) => p.reason,
    },
    "template-failed": {
      severity: "error",
      message: (p: { reason: string }) => p.reason,
    },
    "template-warning": {
      severity: "warning",
      message: (p: { text: string }) => p.text,
    },
    "unknown-macro": {
      severity: "error",
      message: (p: { name: string; candidates: readonly string[]; package?: string | undefined }) =>
        `There is no macro "${p.name}"${p.package === undefined ? "" : ` in package "${p.package}"`}.${meant(p.candidates)}`,
      help: (p: { candidates: readonly string[] }) =>
        p.candidates.length > 0
          ? `write ${p.candidates[0]}(…)`
          : "define it in a file of a macros folder, or install the package that has it under dbt_packages/",
    },
    "undefined-variable": {
      severity: "error",
      message: (p: { name: string; candidates: readonly string[] }) =>
        `The template uses "${p.name}", which is not set.${meant(p.candidates)}`,
      help: (p: { name: string }) =>
        `set it with {% set ${p.name} = … %}, or read a project variable with var('${p.name}')`,
    },
    "missing-var": {
      severity: "error",
      message: (p: { name: string; candidates: readonly string[] }) =>
        `The variable "${p.name}" has no value and no default.${meant(p.candidates)}`,
      help: (p: { name: string }) =>
        `set it under vars: in dbt_project.yml, pass --vars '{${p.name}: …}', or give a default: var('${p.name}', …)`,
    },
    "missing-env-var": {
      severity: "error",
      message: (p: { name: string }) => `The environment variable ${p.name} is not set.`,
      help: (p: { name: string }) => `set ${p.name}, or give a default: env_var('${p.name}', '…')`,
    },
    "not-supported": {
      severity: "error",
      message: (p: { what: string; detail?: string | undefined }) =>
        `${p.what} is not supported here${p.detail === undefined ? "" : `: ${p.detail}`}.`,
    },
    "needs-engine": {
      severity: "error",
      message: (p: { name: string }) =>
        `"${p.name}" asks the engine while it is rendered, so its SQL is known only in a run.`,
      help: "run it, or take the query out of the template",
    },
    limits: {
      severity: "error",
      message: (p: { what: string }) => `Reading stopped at a limit: ${p.what}${/[.?!]$/.test(p.what) ? "" : "."}`,
      help: "split the file, or end the loop that grows without bound",
    },
    "bad-seed": {
      severity: "error",
      message: (p: { reason: string }) => p.reason,
    },
    "query-failed": {
      severity: "error",
      message: (p: { reason: string }) => p.reason,
    },
    "missing-source-table": {
      severity: "error",
      message: (p: { source: string; relation: string }) =>
        `The table of source "${p.source}" is not there: ${p.relation} cannot be read.`,
      help: "load the data, or correct the source's identifier, schema or external_location",
    },
    "schema-changed": {
      severity: "error",
      message: (p: {
        model: string;
        added: readonly string[];
        removed: readonly string[];
        changed: readonly string[];
      }) =>
        `The columns of "${p.model}" differ from its table:` +
        [
          p.added.length > 0 ? ` new ${p.added.join(", ")}` : "",
          p.removed.length > 0 ? ` gone ${p.removed.join(", ")}` : "",
          p.changed.length > 0 ? ` of another type ${p.changed.join(", ")}` : "",
        ]
          .filter((part) => part !== "")
          .join(";") +
        ".",
      help: "rebuild it with --full-refresh, or set on_schema_change: ignore",
    },
    "test-failed": {
      severity: "error",
      message: (p: { test: string; subject: string; failures: number; rule: string }) =>
        `Test ${p.test} found ${rows(p.failures)} in ${p.subject}; ${p.rule}.`,
    },
    "source-stale": {
      severity: "error",
      message: (p: { source: string; age: string | undefined; limit: string }) =>
        p.age === undefined
          ? `Source "${p.source}" holds no rows that tell when they were loaded; it may be ${p.limit} old.`
          : `The data of source "${p.source}" is ${p.age} old; it may be ${p.limit} old.`,
      help: "load the data, or correct the limits under freshness:",
    },
    "unit-test-failed": {
      severity: "error",
      message: (p: { test: string; model: string; missing: number; extra: number }) =>
        `Unit test "${p.test}" of "${p.model}" got other rows: ` +
        [p.missing > 0 ? `${rows(p.missing)} missing` : "", p.extra > 0 ? `${rows(p.extra)} nobody expects` : ""]
          .filter((part) => part !== "")
          .join(", ") +
        ".",
      help: "rows with - were expected, rows with + came out",
    },
    "contract-broken": {
      severity: "error",
      message: (p: { model: string; columns: readonly string[] }) =>
        `The query of "${p.model}" breaks its contract in ${p.columns.length === 1 ? "column" : "columns"} ${p.columns.map((c) => `"${c}"`).join(", ")}.`,
      help: "cast or name the columns as the contract has them, or change the contract",
    },
    "bad-selector": {
      severity: "error",
      message: (p: { selector: string; reason: string }) => `The selector "${p.selector}" cannot be read: ${p.reason}`,
    },
    "nothing-selected": {
      severity: "warning",
      message: (p: { selector: string; candidates: readonly string[] }) =>
        `The selector "${p.selector}" matches nothing.${meant(p.candidates)}`,
    },
  },
);
