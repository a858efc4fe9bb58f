import type { Diagnostic } from "@meshwork/diagnostics";
import { renamedKey } from "./deprecations.ts";
import type { FileHost, RunHook } from "./model.ts";
import { SourceText } from "./source-text.ts";
import { sqlCodes } from "./sql.codes.ts";
import { entryOf, itemsOf, parseYaml, textOf } from "./yaml.ts";
import type { YamlDocument, YamlEntry, YamlNode } from "./yaml.ts";

/** `dbt_project.yml`, as far as it can be read without rendering. */
export interface ProjectFile {
  readonly source: SourceText;
  readonly name: string;
  readonly version: string;
  readonly paths: ResourcePaths;
  /** The configuration trees, by their key: `models`, `seeds`, `data_tests` … */
  readonly trees: ReadonlyMap<string, YamlNode>;
  readonly vars: YamlNode | undefined;
  /** `dispatch:`: where `adapter.dispatch` looks for a package's macros. */
  readonly dispatch: ReadonlyMap<string, readonly string[]>;
  /** Where `dbt deps` puts packages. */
  readonly packagesPath: string;
  /** The whole file, for what is read of it by others. */
  readonly node: YamlNode;
  /** `on-run-start` and `on-run-end`, as written. */
  readonly runHooks: { readonly start: readonly RunHook[]; readonly end: readonly RunHook[] };
}

export interface ResourcePaths {
  readonly models: readonly string[];
  readonly seeds: readonly string[];
  readonly macros: readonly string[];
  readonly tests: readonly string[];
  readonly snapshots: readonly string[];
  readonly analyses: readonly string[];
}

const knownKeys = [
  ..."name version config-version profile require-dbt-version vars dispatch on-run-start on-run-end".split(" "),
  ..."model-paths seed-paths macro-paths test-paths snapshot-paths analysis-paths asset-paths docs-paths".split(" "),
  ..."source-paths data-paths target-path log-path packages-install-path modules-path clean-targets".split(" "),
  ..."models seeds snapshots sources tests data_tests unit_tests exposures metrics semantic-models saved-queries".split(
    " ",
  ),
  ..."analyses macros functions quoting query-comment flags restrict-access dbt-cloud restrict-access".split(" "),
];

/** The keys of `dbt_project.yml` that hold configuration by folder. */
const configTrees = [
  ..."models seeds snapshots sources tests data_tests unit_tests exposures metrics semantic-models".split(" "),
  "saved-queries",
];

const renamedKeys: Readonly<Record<string, string>> = {
  "source-paths": "model-paths",
  "data-paths": "seed-paths",
  "modules-path": "packages-install-path",
};

/** YAML's own problems as diagnostics. */
export function yamlDiagnostics(source: SourceText, document: YamlDocument): Diagnostic[] {
  return document.problems.map((p) => {
    const extra = {
      severity: p.severity,
      span: source.span(p.start, p.end),
      ...(p.help === undefined ? {} : { help: p.help }),
      ...(p.related === undefined
        ? {}
        : { related: [{ message: p.related.message, span: source.span(p.related.start, p.related.end) }] }),
    };
    return p.limit === true
      ? sqlCodes.create("limits", { what: p.message }, extra)
      : sqlCodes.create("bad-yaml", { reason: p.message }, extra);
  });
}

/**
 * Reads `dbt_project.yml` in `root`. `undefined` where there is none or it has no name.
 * Of a package only what keeps it from being read is reported: its keys are its author's affair.
 */
export function readProjectFile(
  files: FileHost,
  root: string,
  display: (path: string) => string,
  isPackage = false,
): { file: ProjectFile | undefined; diagnostics: readonly Diagnostic[] } {
  const text = files.read(`${root}/dbt_project.yml`);
  if (text === undefined) {
    const folder = display("").replace(/\/$/, "") || ".";
    return { file: undefined, diagnostics: [sqlCodes.create("missing-project", { folder })] };
  }
  const source = new SourceText("dbt_project.yml", display("dbt_project.yml"), text);
  const document = parseYaml(text);
  const diagnostics = yamlDiagnostics(source, document);
  const node = document.root;
  const bad = (entry: YamlEntry | undefined, key: string, value: string, expected: string): void => {
    const span = entry === undefined ? source.top() : source.span(entry.value.start, entry.value.end);
    diagnostics.push(sqlCodes.create("bad-config", { key, value, expected, where: "dbt_project.yml" }, { span }));
  };
  if (node?.kind !== "map") {
    if (document.problems.length === 0) bad(undefined, "name", "missing", "the project's name in snake_case");
    return { file: undefined, diagnostics };
  }
  for (const entry of isPackage ? [] : node.entries) {
    const name = Object.hasOwn(renamedKeys, entry.key) ? renamedKeys[entry.key] : undefined;
    if (name !== undefined) diagnostics.push(renamedKey(source, entry, name));
  }
  for (const entry of node.entries) {
    if (!isPackage && !knownKeys.includes(entry.key)) {
      diagnostics.push(
        sqlCodes.create(
          "unknown-key",
          { key: entry.key, of: "dbt_project.yml", known: knownKeys, effect: "it is not read" },
          { span: source.span(entry.start, entry.end), help: "see the keys of dbt_project.yml in dbt's reference" },
        ),
      );
    }
  }
  const nameEntry = entryOf(node, "name");
  const name = textOf(nameEntry?.value);
  if (name === undefined || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    bad(nameEntry, "name", name === undefined ? "missing" : `"${name}"`, "letters, digits and underscores");
    return { file: undefined, diagnostics };
  }
  const paths = (key: string, fallback: string, old?: string): readonly string[] => {
    const entry = entryOf(node, key) ?? (old === undefined ? undefined : entryOf(node, old));
    if (entry === undefined) return [fallback];
    const listed = entry.value.kind === "list" ? itemsOf(entry.value) : [entry.value];
    const found: string[] = [];
    for (const item of listed) {
      const path = textOf(item);
      const clean = path === undefined ? undefined : insideRoot(path);
      if (clean !== undefined) found.push(clean);
      else {
        const value = path === undefined ? "no text" : `"${path}"`;
        bad({ ...entry, value: item }, key, value, "a folder inside the project");
      }
    }
    return found;
  };
  const hooks = (key: string): readonly RunHook[] => {
    const value = entryOf(node, key)?.value;
    return (value?.kind === "list" ? value.items : value === undefined ? [] : [value]).flatMap((item, index) => {
      const sql = textOf(item);
      return sql === undefined ? [] : [{ sql, package: name, index, place: source.span(item.start, item.end) }];
    });
  };
  const trees = new Map<string, YamlNode>();
  for (const key of configTrees) {
    const tree = entryOf(node, key)?.value;
    if (tree !== undefined) trees.set(key === "tests" ? "data_tests" : key.replaceAll("-", "_"), tree);
  }
  const dispatch = new Map<string, readonly string[]>();
  for (const item of itemsOf(entryOf(node, "dispatch")?.value)) {
    const namespace = textOf(entryOf(item, "macro_namespace")?.value);
    const order = itemsOf(entryOf(item, "search_order")?.value).flatMap((n) => textOf(n) ?? []);
    if (namespace !== undefined) dispatch.set(namespace, order);
  }
  const file: ProjectFile = {
    source,
    name,
    version: textOf(entryOf(node, "version")?.value) ?? "",
    paths: {
      models: paths("model-paths", "models", "source-paths"),
      seeds: paths("seed-paths", "seeds", "data-paths"),
      macros: paths("macro-paths", "macros"),
      tests: paths("test-paths", "tests"),
      snapshots: paths("snapshot-paths", "snapshots"),
      analyses: paths("analysis-paths", "analyses"),
    },
    packagesPath:
      insideRoot(
        textOf((entryOf(node, "packages-install-path") ?? entryOf(node, "modules-path"))?.value) ?? "dbt_packages",
      ) ?? "dbt_packages",
    node,
    trees,
    vars: entryOf(node, "vars")?.value,
    dispatch,
    runHooks: { start: hooks("on-run-start"), end: hooks("on-run-end") },
  };
  return { file, diagnostics };
}

/** The path without `.` and trailing slashes, or nothing when it leads out of the project. */
function insideRoot(path: string): string | undefined {
  if (path.startsWith("/") || path.includes("\\") || path.includes("\0") || /^[A-Za-z]:/.test(path)) return undefined;
  const parts = path.split("/").filter((p) => p !== "" && p !== ".");
  return parts.includes("..") ? undefined : parts.join("/");
}
