import { nearest } from "@meshwork/diagnostics";
import type { Diagnostic } from "@meshwork/diagnostics";
import { buildTests } from "./build-tests.ts";
import type { ConfigTree } from "./config-tree.ts";
import type { Surroundings } from "./context/surroundings.ts";
import { spaceInName } from "./deprecations.ts";
import { DeclaredReader } from "./declared.ts";
import { LoadedProject } from "./loaded-project.ts";
import { describeMacros } from "./macro-properties.ts";
import type { Project, ProjectNode, SourceNode } from "./model.ts";
import { NodeIndex } from "./node-index.ts";
import type { ResourceEntry, VersionEntry } from "./properties.ts";
import type { Entries, Reading, TreeName } from "./reading.ts";
import type { Selectors } from "./selectors-file.ts";
import { buildSources } from "./sources.ts";
import { sqlCodes } from "./sql.codes.ts";
import { buildUnitTests } from "./unit-tests.ts";
import type { Unit } from "./unit.ts";
import { latestOf } from "./versions.ts";
import { analysisUnit, modelUnit, seedUnit, snapshotUnits, yamlSnapshotUnit } from "./units.ts";

/** What is known of all packages while nodes are made. */
export interface Assembly {
  readonly around: Surroundings;
  readonly readings: readonly Reading[];
  readonly diagnostics: Diagnostic[];
  readonly units: Map<string, Unit>;
  readonly index: NodeIndex;
  /** Of disabled resources, by id. */
  readonly disabled: Map<string, Unit>;
  readonly disabledSources: Map<string, SourceNode>;
  readonly sources: Map<string, SourceNode>;
  readonly analyses: Map<string, Unit>;
}

/** Makes nodes of what was read: models and seeds of all packages, sources, then what is declared about them. */
export function assembleProject(
  around: Surroundings,
  readings: readonly Reading[],
  diagnostics: Diagnostic[],
  rootTrees: Readonly<Record<TreeName, ConfigTree>>,
  selectors: Selectors,
): Project {
  const assembly: Assembly = {
    around,
    readings,
    diagnostics,
    units: new Map(),
    index: new NodeIndex(around.project),
    disabled: new Map(),
    disabledSources: new Map(),
    sources: new Map(),
    analyses: new Map(),
  };
  for (const reading of readings) addNodes(assembly, reading);
  checkRelations(assembly);
  for (const reading of readings) {
    buildSources(reading, assembly);
    describeMacros(reading);
  }
  for (const reading of readings) buildTests(reading, assembly);
  const unitTests = readings.flatMap((reading) => buildUnitTests(reading, assembly));
  const declared = new DeclaredReader(assembly).read();
  for (const name of ["models", "seeds", "snapshots", "sources", "data_tests"] as const) {
    diagnostics.push(...rootTrees[name].check(name));
  }
  const [root, ...packages] = readings;
  const hooks = (when: "start" | "end") => [...packages, root!].flatMap((r) => r.package.file.runHooks[when]);
  return new LoadedProject({
    ...assembly,
    version: root!.package.file.version,
    runHooks: { start: hooks("start"), end: hooks("end") },
    unitTests,
    declared,
    selectors,
    projectFile: root!.package.file,
  });
}

function addNodes(assembly: Assembly, reading: Reading): void {
  const entries = resourceEntries(reading);
  const versioned = versionFiles(reading);
  const found: Unit[] = [];
  for (const file of reading.files) {
    switch (file.role) {
      case "python": {
        const what = { what: "A model in Python", detail: "write it in SQL" };
        reading.diagnostics.push(sqlCodes.create("not-supported", what, { span: file.source.top() }));
        break;
      }
      case "snapshot":
        found.push(...snapshotUnits(reading, file, entries));
        break;
      case "model":
        found.push(modelUnit(reading, file, versioned.get(file.stem) ?? entries.get(`model ${file.stem}`)));
        break;
      case "seed":
        found.push(seedUnit(reading, file, entries));
        break;
      case "analysis": {
        const unit = analysisUnit(reading, file, entries);
        if (unit.node.config.enabled) assembly.analyses.set(unit.node.id, unit);
        else assembly.disabled.set(unit.node.id, unit);
        break;
      }
    }
  }
  for (const entry of reading.resources) {
    const unit = entry.kind === "snapshot" ? yamlSnapshotUnit(reading, entry) : undefined;
    if (unit !== undefined) found.push(unit);
  }
  for (const unit of found) addUnit(assembly, reading, unit);
  checkEntries(assembly, entries, reading);
}

function addUnit(assembly: Assembly, reading: Reading, unit: Unit): void {
  const { node } = unit;
  if (!node.config.enabled) {
    if (!assembly.disabled.has(node.id)) assembly.disabled.set(node.id, unit);
    return;
  }
  if (/\s/.test(node.name)) reading.diagnostics.push(spaceInName(node.resourceType, node.name, unit.text));
  const version = node.version?.version;
  const before =
    assembly.index.in(node.package, node.name, version) ??
    (version === undefined ? undefined : assembly.index.in(node.package, node.name));
  if (before !== undefined) {
    const params = {
      kind: before.resourceType === node.resourceType ? `${node.resourceType}s` : "models or seeds",
      name: node.name,
      other: before.file,
    };
    const related = [{ message: "the other one is here", span: before.place }];
    reading.diagnostics.push(
      sqlCodes.create("duplicate-model", params, { span: unit.text.top(), related, product: node.product }),
    );
    return;
  }
  assembly.index.add(node);
  assembly.units.set(node.id, unit);
}

function resourceEntries(reading: Reading): Entries {
  const entries = new Map<string, ResourceEntry>();
  for (const entry of reading.resources) {
    const key = `${entry.kind} ${entry.name}`;
    const before = entries.get(key);
    if (before === undefined) entries.set(key, entry);
    else {
      const params = { kind: `properties of ${entry.kind}s`, name: entry.name, other: before.source.file };
      const related = [{ message: "the other entry is here", span: before.place }];
      reading.diagnostics.push(
        sqlCodes.create("duplicate-model", params, { span: entry.place, related, help: "join the two entries" }),
      );
    }
  }
  return entries;
}

/** Which file holds which version, by the file's name: `defined_in`, `orders_v2`, or `orders` for the latest. */
function versionFiles(reading: Reading): ReadonlyMap<string, ResourceEntry> {
  const files = new Map<string, ResourceEntry>();
  let stems: Set<string> | undefined;
  for (const entry of reading.resources) {
    if (entry.kind !== "model" || entry.versions.length === 0) continue;
    stems ??= new Set(reading.files.flatMap((f) => (f.role === "model" || f.role === "python" ? [f.stem] : [])));
    const latest = latestOf(entry, entry.latest);
    const seen = new Map<string, VersionEntry>();
    for (const version of entry.versions) {
      const twice = seen.get(version.version);
      if (twice !== undefined) {
        const params = { kind: `versions of "${entry.name}"`, name: version.version, other: entry.source.file };
        const related = [{ message: "the other one is here", span: twice.place }];
        reading.diagnostics.push(sqlCodes.create("duplicate-model", params, { span: version.place, related }));
        continue;
      }
      seen.set(version.version, version);
      const named = version.definedIn ?? `${entry.name}_v${version.version}`;
      const stem = !stems.has(named) && version.version === latest && stems.has(entry.name) ? entry.name : named;
      if (stems.has(stem)) files.set(stem, { ...entry, version });
      else {
        const candidates = nearest(named, stems);
        const params = { kind: "version in the file", name: `${named}.sql`, candidates };
        reading.diagnostics.push(sqlCodes.create("unknown-properties", params, { span: version.place }));
      }
    }
    if (entry.latest !== undefined && !seen.has(entry.latest)) {
      const params = {
        key: "latest_version",
        value: entry.latest,
        expected: `one of its versions: ${[...seen.keys()].join(", ")}`,
        where: `model "${entry.name}"`,
      };
      reading.diagnostics.push(sqlCodes.create("bad-config", params, { span: entry.place }));
    }
  }
  return files;
}

function checkEntries(assembly: Assembly, entries: Entries, reading: Reading): void {
  const own = reading.package.name;
  const exists = (entry: ResourceEntry): boolean => {
    if (entry.kind === "macro" || entry.kind === "test" || entry.versions.length > 0) return true;
    const id = `${entry.kind}.${own}.${entry.name}`;
    return assembly.units.has(id) || assembly.analyses.has(id) || assembly.disabled.has(id);
  };
  let names: ProjectNode[] | undefined;
  for (const entry of entries.values()) {
    if (exists(entry)) continue;
    names ??= [...assembly.units.values(), ...assembly.analyses.values()].map((u) => u.node);
    const offered = names.filter((n) => n.resourceType === entry.kind && n.package === own).map((n) => n.name);
    const params = { kind: entry.kind, name: entry.name, candidates: nearest(entry.name, offered) };
    reading.diagnostics.push(sqlCodes.create("unknown-properties", params, { span: entry.place }));
  }
}

/** Two nodes that one table would have to hold. */
function checkRelations(assembly: Assembly): void {
  const { dialect } = assembly.around.options;
  const taken = new Map<string, ProjectNode>();
  for (const { node } of assembly.units.values()) {
    const ephemeral = node.config.materialized === "ephemeral";
    const relation = ephemeral ? `__dbt__cte__${node.relation.name}` : dialect.relation(node.relation);
    const before = taken.get(relation.toLowerCase());
    if (before === undefined) {
      taken.set(relation.toLowerCase(), node);
      continue;
    }
    const related = [{ message: `"${before.name}" is here`, span: before.place }];
    const params = { relation, first: before.name, second: node.name };
    assembly.diagnostics.push(
      sqlCodes.create("duplicate-relation", params, { span: node.place, related, product: node.product }),
    );
  }
}
