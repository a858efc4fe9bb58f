import { nearest } from "@meshwork/diagnostics";
import { buildTests } from "./build-tests.ts";
import { LoadedProject } from "./loaded-project.ts";
import type { Project, ProjectNode } from "./model.ts";
import type { ResourceEntry } from "./properties.ts";
import type { Entries, Reading } from "./reading.ts";
import { buildSources } from "./sources.ts";
import { sqlCodes } from "./sql.codes.ts";
import type { Unit } from "./unit.ts";
import { modelUnit, seedUnit, snapshotUnits, yamlSnapshotUnit } from "./units.ts";

/** Makes nodes of what was read: models and seeds, sources, then the tests on them. */
export function assembleProject(reading: Reading): Project {
  const { around, diagnostics } = reading;
  const entries = resourceEntries(reading);
  const units = new Map<string, Unit>();
  const named = new Map<string, ProjectNode>();
  const disabled = new Map<string, string>();
  for (const file of reading.files) {
    if (file.role === "python") {
      const span = file.source.top();
      diagnostics.push(
        sqlCodes.create("not-supported", { what: "A model in Python", detail: "write it in SQL" }, { span }),
      );
    }
    if (file.role === "snapshot") for (const unit of snapshotUnits(reading, file, entries)) add(unit);
    if (file.role === "model") add(modelUnit(reading, file, entries));
    if (file.role === "seed") add(seedUnit(reading, file, entries));
  }
  for (const entry of reading.resources) {
    const unit = entry.kind === "snapshot" ? yamlSnapshotUnit(reading, entry) : undefined;
    if (unit !== undefined) add(unit);
  }
  function add(unit: Unit): void {
    const { node } = unit;
    if (!node.config.enabled) {
      disabled.set(node.name, node.file);
      return;
    }
    const before = named.get(node.name);
    if (before !== undefined) {
      const params = {
        kind: before.resourceType === node.resourceType ? `${node.resourceType}s` : "models or seeds",
        name: node.name,
        other: before.file,
      };
      const related = [{ message: "the other one is here", span: before.place }];
      diagnostics.push(
        sqlCodes.create("duplicate-model", params, { span: unit.text.top(), related, product: node.product }),
      );
      return;
    }
    named.set(node.name, node);
    units.set(node.id, unit);
  }
  checkRelations(units, reading);
  checkEntries(entries, named, disabled, reading);
  const sources = buildSources(reading);
  buildTests(reading, { entries, units, named, disabled, sources });
  for (const [key, tree] of [
    ["models", reading.trees.models],
    ["seeds", reading.trees.seeds],
    ["snapshots", reading.trees.snapshots],
    ["sources", reading.trees.sources],
    ["data_tests", reading.trees.tests],
  ] as const) {
    diagnostics.push(...tree.check(key));
  }
  return new LoadedProject({
    around,
    version: reading.projectFile.version,
    runHooks: reading.projectFile.runHooks,
    units,
    named,
    disabled,
    sources,
    diagnostics,
  });
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

function checkEntries(
  entries: Entries,
  named: ReadonlyMap<string, ProjectNode>,
  disabled: ReadonlyMap<string, string>,
  reading: Reading,
): void {
  const names = [...named.values()];
  for (const entry of entries.values()) {
    if (entry.kind === "macro" || entry.kind === "test") continue;
    if (named.get(entry.name)?.resourceType === entry.kind || disabled.has(entry.name)) continue;
    const candidates = nearest(
      entry.name,
      names.filter((n) => n.resourceType === entry.kind).map((n) => n.name),
    );
    reading.diagnostics.push(
      sqlCodes.create("unknown-properties", { kind: entry.kind, name: entry.name, candidates }, { span: entry.place }),
    );
  }
}

/** Two nodes that one table would have to hold. */
function checkRelations(units: ReadonlyMap<string, Unit>, reading: Reading): void {
  const taken = new Map<string, ProjectNode>();
  for (const { node } of units.values()) {
    if (node.config.materialized === "ephemeral") continue;
    const relation = reading.around.options.dialect.relation(node.relation);
    const before = taken.get(relation.toLowerCase());
    if (before === undefined) {
      taken.set(relation.toLowerCase(), node);
      continue;
    }
    const related = [{ message: `"${before.name}" is here`, span: before.place }];
    const params = { relation, first: before.name, second: node.name };
    reading.diagnostics.push(
      sqlCodes.create("duplicate-relation", params, { span: node.place, related, product: node.product }),
    );
  }
}
