import { emptyMesh } from "../default-mesh.ts";
import { conventions } from "../model.ts";
import type {
  Approval,
  CompatibilitySettings,
  IgnoreEntry,
  Mesh,
  PublishTarget,
  SettingValue,
  Target,
} from "../model.ts";
import { isPlainName, shown } from "../names.ts";
import type { Item, Section } from "../yaml/reader.ts";
import type { MeshFile } from "./mesh.schema.ts";
import { readPolicies } from "./read-domain.ts";
import { readDate, readDuration, withoutUndefined } from "./read-values.ts";

type Spec = NonNullable<MeshFile["spec"]>;
type TargetFile = NonNullable<Spec["targets"]>[string];
type PublishFile = NonNullable<Spec["publish"]>[string];

/** Reads a `datamesh.io/v1 Mesh`; what it leaves out is as in `emptyMesh`. */
export function readMeshFile(file: Section<MeshFile>): Mesh {
  file.get("apiVersion");
  file.get("kind");
  const metadata = file.need("metadata").section("The metadata");
  const nameItem = metadata?.need("name");
  const written = nameItem?.text();
  if (nameItem !== undefined && written !== undefined && !isPlainName(written)) {
    nameItem.report("bad-name", { what: "a mesh", value: shown(written) });
  }
  metadata?.get("title").text();
  metadata?.get("description").text();
  metadata?.done();
  const defaults = emptyMesh(written);
  const spec = file.get("spec").section("The spec");
  const mesh = spec === undefined ? defaults : readSpec(spec, defaults);
  file.done();
  return mesh;
}

function readSpec(spec: Section<Spec>, defaults: Mesh): Mesh {
  const domains = spec.get("domains").texts();
  const targets = spec.get("targets");
  const read = targets.exists ? readTargets(targets) : defaults.targets;
  const defaultTarget = spec.get("default_target").text();
  const mesh: Mesh = {
    kind: "Mesh",
    name: defaults.name,
    npmScope: spec.get("npm_scope").text() ?? defaults.npmScope,
    domains: domains.length === 0 ? defaults.domains : domains,
    naming: readNaming(spec.get("naming"), defaults.naming),
    // A single target, or one called dev, needs no default_target to be the default.
    defaultTarget:
      defaultTarget ?? read.find((target) => target.name === "dev")?.name ?? read[0]?.name ?? defaults.defaultTarget,
    targets: read,
    policies: readPolicies(spec.get("policies"), ["all"]),
    rules: readRules(spec.get("rules")),
    ignore: spec
      .get("ignore")
      .items()
      .map(readIgnore)
      .filter((entry) => entry !== undefined),
    publish: readPublish(spec.get("publish")),
    compatibility: readCompatibility(spec.get("compatibility"), defaults.compatibility),
  };
  spec.done();
  return mesh;
}

function readNaming(item: Item<Spec["naming"]>, defaults: Mesh["naming"]): Mesh["naming"] {
  const section = item.section("The naming");
  if (section === undefined) return defaults;
  const relation = section.get("relation").text() ?? defaults.relation;
  const schema = section.get("schema").text() ?? defaults.schema;
  const columns = section.get("columns").oneOf(conventions);
  const ports = section.get("ports").oneOf(conventions);
  const products = section.get("products").oneOf(conventions);
  section.done();
  return withoutUndefined({ relation, schema, columns, ports, products });
}

function readTargets(item: Item<Spec["targets"]>): readonly Target[] {
  return item
    .entries()
    .map(([name, each]): Target | undefined => {
      const section = (each as Item<TargetFile>).section(`The target "${shown(name)}"`);
      if (section === undefined) {
        if (!each.exists) each.wrong("a map with an engine");
        return undefined;
      }
      const engine = section.need("engine").text();
      const target = withoutUndefined({
        name,
        engine: engine ?? "",
        path: section.get("path").text(),
        production: section.get("production").flag() ?? false,
        writeFrom: section.get("write_from").texts(),
        settings: section.rest(),
        at: each.path,
      });
      return engine === undefined ? undefined : target;
    })
    .filter((target) => target !== undefined);
}

function readRules(item: Item<Spec["rules"]>): Mesh["rules"] {
  const rules: Record<string, "off" | "info" | "warning" | "error"> = {};
  for (const [code, each] of item.entries()) {
    const grade = each.oneOf(["off", "info", "warning", "error"]);
    if (grade !== undefined) rules[code] = grade;
    else if (!each.exists) each.wrong("one of off, info, warning, error");
  }
  return rules;
}

function readIgnore(item: Item<NonNullable<Spec["ignore"]>[number]>): IgnoreEntry | undefined {
  if (!item.exists) item.wrong("an entry with rule and reason");
  const section = item.section("The ignore entry");
  if (section === undefined) return undefined;
  const rule = section.need("rule").text();
  const reason = section.need("reason").text();
  const product = section.get("product").text();
  const until = section.get("until");
  const day = readDate(until);
  section.done();
  // An end that cannot be read must not make the entry hold for ever.
  if (rule === undefined || reason === undefined || (until.exists && day === undefined)) return undefined;
  return withoutUndefined({ rule, product, reason, until: day, at: item.path });
}

function readPublish(item: Item<Spec["publish"]>): readonly PublishTarget[] {
  return item
    .entries()
    .map(([name, each]): PublishTarget | undefined => {
      const section = (each as Item<PublishFile>).section(`The publish target "${shown(name)}"`);
      if (section === undefined) {
        if (!each.exists) each.wrong("a map with a kind");
        return undefined;
      }
      const kind = section.need("kind").text();
      const target = withoutUndefined({
        name,
        kind: kind ?? "",
        url: readSetting(section.get("url")),
        key: readSetting(section.get("key")),
        settings: section.rest(),
        at: each.path,
      });
      return kind === undefined ? undefined : target;
    })
    .filter((target) => target !== undefined);
}

function readSetting(item: Item<SettingValue | undefined>): SettingValue | undefined {
  if (!item.exists) return undefined;
  const value = item.value();
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  const section = (item as Item<{ env?: string; file?: string }>).section("The setting");
  if (section === undefined) return undefined;
  const env = section.get("env").text();
  const file = section.get("file").text();
  section.done();
  if (env !== undefined && file === undefined) return { env };
  if (file !== undefined && env === undefined) return { file };
  item.wrong("a value, { env: NAME } or { file: PATH }");
  return undefined;
}

function readCompatibility(item: Item<Spec["compatibility"]>, defaults: Mesh["compatibility"]): Mesh["compatibility"] {
  const section = item.section("The compatibility section");
  if (section === undefined) return defaults;
  const mode = section.get("mode").text() ?? defaults.mode;
  const transitive = section.get("transitive").flag() ?? defaults.transitive;
  const strict = section.get("strict").flag() ?? defaults.strict;
  const positional = section.get("positional").flag() ?? defaults.positional;
  const levels: Record<string, CompatibilitySettings["levels"][string]> = {};
  for (const [code, each] of section.get("levels").entries()) {
    const level = each.oneOf(LEVELS);
    if (level !== undefined) levels[code] = level;
    else if (!each.exists) each.wrong(`one of ${LEVELS.join(", ")}`);
  }
  const approvals = section
    .get("approvals")
    .items()
    .map(readApproval)
    .filter((entry) => entry !== undefined);
  const sunsetAfter = readDuration(section.get("sunset_after"));
  section.done();
  return withoutUndefined({ mode, transitive, sunsetAfter, strict, positional, levels, approvals });
}

const LEVELS = ["major", "minor", "patch", "none"] as const;

function readApproval(
  item: Item<NonNullable<NonNullable<Spec["compatibility"]>["approvals"]>[number]>,
): Approval | undefined {
  if (!item.exists) item.wrong("an approval with rule, product, version and by");
  const section = item.section("The approval");
  if (section === undefined) return undefined;
  const rule = section.need("rule").text();
  const product = section.need("product").text();
  const version = section.need("version").text();
  const by = section.need("by").text();
  const column = section.get("column").text();
  const reason = section.get("reason").text();
  section.done();
  if (rule === undefined || product === undefined || version === undefined || by === undefined) return undefined;
  return withoutUndefined({ rule, product, version, column, by, reason, at: item.path });
}
