import type { ConfigValue } from "./model.ts";
import { globOf, pathGlobOf } from "./glob.ts";
import type { SelectItem } from "./select-items.ts";

type Matcher = (item: SelectItem) => boolean;

/** What is wrong with a selector, in words. */
export interface SelectorTrouble {
  readonly reason: string;
}

export const methodNames = [
  ..."fqn tag path file source resource_type config package test_type test_name exposure metric semantic_model".split(
    " ",
  ),
  ..."saved_query unit_test group access version state result source_status selector".split(" "),
];

const resourceTypes =
  "model seed snapshot test unit_test source analysis exposure metric semantic_model saved_query operation".split(" ");

/** The items that a method and its value mean; what is wrong with the value where it means nothing at all. */
export function matcherOf(
  method: string,
  value: string,
  context: { readonly project: string },
): Matcher | SelectorTrouble {
  const [name, ...keys] = method.split(".");
  const glob = globOf(value);
  switch (name) {
    case "fqn":
      return (item) =>
        item.type !== "source" && (fqnMatches(item, item.fqn, value) || fqnMatches(item, item.fqn.slice(1), value));
    case "tag":
      return (item) => item.tags.some(glob);
    case "path":
      return pathMatcher(value);
    case "file":
      return (item) => {
        const file = item.path.split("/").at(-1)!;
        return glob(file) || glob(file.replace(/\.[^.]*$/, ""));
      };
    case "package": {
      const named = value === "this" ? (text: string): boolean => text === context.project : glob;
      return (item) => named(item.package);
    }
    case "group":
      return (item) => item.group !== undefined && glob(item.group);
    case "access":
      return (item) => item.type === "model" && item.node?.access === value;
    case "resource_type":
      if (!resourceTypes.includes(value)) return { reason: `a resource type is one of ${resourceTypes.join(", ")}.` };
      return (item) => item.type === value;
    case "test_type":
      return testTypeMatcher(value);
    case "test_name":
      return (item) =>
        item.type === "unit_test"
          ? glob(item.name)
          : item.node?.test?.kind === "generic" && glob(item.node.test.name.split(".").at(-1)!);
    case "source":
      return sourceMatcher(value);
    case "exposure":
    case "metric":
    case "semantic_model":
    case "saved_query":
    case "unit_test":
      return declaredMatcher(name, value);
    case "version":
      return versionMatcher(value);
    case "config":
      if (keys.length === 0) return { reason: "config needs a key: config.materialized:table." };
      return (item) => item.config !== undefined && configMatches(item.config(), keys, value);
    default:
      return { reason: `there is no method "${name}".` };
  }
}

/** dbt's way of reading a dotted name against the folders of a resource. */
function fqnMatches(item: SelectItem, fqn: readonly string[], value: string): boolean {
  const versioned = item.node?.version !== undefined;
  const asked = value.split(".");
  if (versioned) {
    if (fqn.at(-2) === value || fqn.slice(-2).join("_") === asked.slice(-2).join("_")) return true;
  } else if (fqn.at(-1) === value) return true;
  const flat = fqn.flatMap((part) => part.split("."));
  if (flat.length < asked.length) return false;
  for (const [i, part] of asked.entries()) {
    if (/[*?[\]]/.test(part)) {
      if (globOf(asked.slice(i).join("."))(flat.slice(i).join("."))) return true;
      const leaf = versioned ? fqn.at(-2) : fqn.at(-1);
      return asked.length === 1 && leaf !== undefined && globOf(value)(leaf);
    }
    if (flat[i] !== part) return false;
  }
  return true;
}

/** A file, a folder with everything below it, or a pattern of either; `./` and a slash at the end do not count. */
function pathMatcher(value: string): Matcher {
  const path = value.replace(/^(?:\.\/)+/, "").replace(/\/+$/, "");
  const glob = pathGlobOf(path);
  return (item) => {
    if (glob(item.path) || (item.patchPath !== undefined && glob(item.patchPath))) return true;
    const folders = item.path.split("/").slice(0, -1);
    return folders.some((_, i) => glob(folders.slice(0, i + 1).join("/")));
  };
}

function testTypeMatcher(value: string): Matcher | SelectorTrouble {
  const generic: Matcher = (item) => item.node?.test?.kind === "generic";
  const singular: Matcher = (item) => item.node?.test?.kind === "singular";
  switch (value) {
    case "generic":
    case "schema":
      return generic;
    case "singular":
      return singular;
    case "data":
      return (item) => generic(item) || singular(item);
    case "unit":
      return (item) => item.type === "unit_test";
    default:
      return { reason: "a test is generic, singular, unit or data." };
  }
}

function sourceMatcher(value: string): Matcher | SelectorTrouble {
  const parts = value.split(".");
  if (parts.length > 3) return { reason: "a source is named source, source.table or package.source.table." };
  const [packageName, source, table] = parts.length === 3 ? parts : ["*", parts[0]!, parts[1] ?? "*"];
  const globs = [globOf(packageName!), globOf(source!), globOf(table!)];
  return ({ source }) =>
    source !== undefined && globs[0]!(source.package) && globs[1]!(source.source) && globs[2]!(source.name);
}

function declaredMatcher(type: string, value: string): Matcher | SelectorTrouble {
  const parts = value.split(".");
  if (parts.length > 2) return { reason: `a ${type.replace("_", " ")} is named name or package.name.` };
  const inPackage = globOf(parts.length === 2 ? parts[0]! : "*");
  const named = globOf(parts.at(-1)!);
  return (item) => item.type === type && inPackage(item.package) && named(item.name);
}

function versionMatcher(value: string): Matcher | SelectorTrouble {
  if (!["latest", "old", "prerelease", "none"].includes(value))
    return { reason: "a version is latest, old, prerelease or none." };
  return ({ node }) => {
    if (node?.resourceType !== "model") return false;
    const { version } = node;
    if (version === undefined) return value === "none";
    const state = version.version === version.latest ? "latest" : version.prerelease ? "prerelease" : "old";
    return value === state;
  };
}

function configMatches(config: Readonly<Record<string, ConfigValue>>, keys: readonly string[], value: string): boolean {
  let found: ConfigValue | undefined = config;
  for (const key of keys) {
    if (typeof found !== "object" || found === null || Array.isArray(found) || !Object.hasOwn(found, key)) return false;
    found = (found as Readonly<Record<string, ConfigValue>>)[key];
  }
  const truth = value.toLowerCase();
  const same = (one: ConfigValue): boolean =>
    (typeof one === "string" && (one === value || (keys.join(".") === "severity" && one.toLowerCase() === truth))) ||
    (typeof one === "boolean" && truth === String(one));
  return Array.isArray(found) ? (found as readonly ConfigValue[]).some(same) : found !== undefined && same(found);
}
