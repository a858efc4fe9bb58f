import { createEnvironment, fromPython, parseTemplate } from "@meshwork/jinja";
import type { Diagnostic } from "@meshwork/diagnostics";
import { createHash } from "node:crypto";
import { assembleProject } from "./assemble.ts";
import { ConfigTree, ResourceTree } from "./config-tree.ts";
import { typeFilters } from "./context/type-filters.ts";
import { builtinMacros } from "./context/builtin-macros.ts";
import { materializationMacroNames, materializationMacros } from "./context/materialization-macros.ts";
import { portableMacros } from "./context/portable-macros.ts";
import { CallPlaces } from "./context/call-places.ts";
import { jinjaDiagnostic } from "./context/jinja-diagnostics.ts";
import { builtinPackage, MacroRegistry } from "./context/macro-registry.ts";
import { RenderScope } from "./context/render-scope.ts";
import type { Surroundings } from "./context/surroundings.ts";
import { renderConfigValue } from "./context/yaml-values.ts";
import { DocBlocks } from "./docs-blocks.ts";
import { emptyProject } from "./empty-project.ts";
import type { ConfigValue, LoadOptions, Project } from "./model.ts";
import { diskFiles } from "./node-files.ts";
import { readPackages } from "./package-list.ts";
import type { ProjectPackage } from "./package-list.ts";
import { readProjectFile, yamlDiagnostics } from "./project-file.ts";
import type { ProjectFile } from "./project-file.ts";
import { readProjectTree } from "./project-tree.ts";
import { readProperties } from "./properties.ts";
import type { PropertiesEntry, ResourceEntry, TableEntry } from "./properties.ts";
import type { Parsed, Reading, TreeName } from "./reading.ts";
import { readSelectors } from "./selectors-file.ts";
import { SourceText } from "./source-text.ts";
import { sqlCodes } from "./sql.codes.ts";
import { parseYaml, valueOf } from "./yaml.ts";

const blockTags = {
  test: { body: "macro" },
  data_test: { body: "macro", end: "enddata_test" },
  materialization: { body: "template" },
  snapshot: { body: "template" },
  docs: { body: "raw" },
} as const;

/**
 * Reads, resolves and compiles the dbt project in `options.root`, with its packages.
 * What is wrong with the files is in `diagnostics`; nothing is thrown for it, and a broken file does not hide the others.
 */
export function loadProject(options: LoadOptions): Project {
  const files = options.files ?? diskFiles;
  const prefix =
    options.displayPath === undefined || options.displayPath === "" || options.displayPath === "."
      ? ""
      : `${options.displayPath.replace(/\/+$/, "")}/`;
  const display = (path: string): string => prefix + path;
  const head = readProjectFile(files, options.root, display);
  if (head.file === undefined) return emptyProject(options, head.diagnostics);
  const projectFile = head.file;
  const tree = readProjectTree(files, options.root, projectFile.paths, display);
  const list = readPackages(files, options, prefix, projectFile);
  const root: ProjectPackage = {
    name: projectFile.name,
    folder: "",
    root: true,
    file: projectFile,
    files: tree.files,
  };
  const packages = [root, ...list.packages];
  const diagnostics: Diagnostic[] = [...head.diagnostics, ...tree.diagnostics, ...list.diagnostics];
  const texts = new Map<string, SourceText>();
  const around = {
    project: projectFile.name,
    options,
    environment: createEnvironment({
      undefined: "lenient",
      filters: typeFilters,
      limits: { steps: 2_000_000, outputChars: 32 * 1024 * 1024, depth: 100 },
    }),
    macros: new MacroRegistry(projectFile.name, projectFile.dispatch),
    vars: varsReader(packages, options),
    docs: new DocBlocks(),
    missing: list.missing,
    late: { selected: [] },
    texts,
  } satisfies Surroundings;
  const parse = (text: SourceText): Parsed => {
    texts.set(text.file, text);
    const own = ownTemplates.get(text.text);
    if (own !== undefined) return own;
    const parsed = cached(options, `template\n${text.file}`, text.text, (): Parsed => {
      try {
        return { template: parseTemplate(text.text, { name: text.file, blockTags }), trouble: [] };
      } catch (error) {
        return { template: undefined, trouble: [jinjaDiagnostic(error, around, text.top())] };
      }
    });
    if (ownMacros.has(text.text)) ownTemplates.set(text.text, parsed);
    return parsed;
  };
  readMacros(around, packages, parse, diagnostics);
  for (const name of ["built-in", "portable"]) texts.delete(name);
  for (const one of packages) readDocs(one, around, texts, diagnostics);
  let configuring: boolean | undefined;
  const shared = {
    around,
    parse,
    places: (template: Parameters<Reading["places"]>[0], text: SourceText) => new CallPlaces(template, text),
    macrosConfigure: () => (configuring ??= around.macros.all().some((m) => /\bconfig\s*\(/.test(m.definition.body))),
  };
  const rootTrees = configTrees(root, around, diagnostics);
  const readings = packages.map((one): Reading => {
    // A package's odd files are its author's affair: what keeps its nodes from being built is reported at the nodes.
    const found: Diagnostic[] = one.root ? diagnostics : [];
    const value = valueReader(around, one.name, found);
    const trees = one.root ? rootTrees : configTrees(one, around, found);
    const resourceTrees = Object.fromEntries(
      treeNames.map((name) => [name, new ResourceTree(trees[name], rootTrees[name])]),
    ) as Record<TreeName, ResourceTree>;
    return {
      ...shared,
      package: one,
      files: one.files,
      trees: resourceTrees,
      diagnostics: found,
      value,
      ...properties(one, options, texts, found),
    };
  });
  return assembleProject(around, readings, diagnostics, rootTrees, readSelectors(files, options.root, display));
}

const treeNames: readonly TreeName[] = [
  ...(["models", "seeds", "snapshots", "sources", "data_tests", "unit_tests", "exposures", "metrics"] as const),
  "semantic_models",
  "saved_queries",
];

function properties(
  one: ProjectPackage,
  options: LoadOptions,
  texts: Map<string, SourceText>,
  diagnostics: Diagnostic[],
): Pick<Reading, "resources" | "tables" | "others"> {
  const resources: ResourceEntry[] = [];
  const tables: TableEntry[] = [];
  const others: PropertiesEntry[] = [];
  for (const file of one.files) {
    if (file.role !== "properties") continue;
    texts.set(file.source.file, file.source);
    const document = cached(options, `yaml`, file.source.text, () => parseYaml(file.source.text));
    const read = readProperties(file.source, document.root, file.folders);
    diagnostics.push(...yamlDiagnostics(file.source, document), ...read.diagnostics);
    resources.push(...read.resources);
    tables.push(...read.tables);
    others.push(...read.others);
  }
  return { resources, tables, others };
}

function configTrees(
  one: ProjectPackage,
  around: Surroundings,
  diagnostics: Diagnostic[],
): Readonly<Record<TreeName, ConfigTree>> {
  const value = valueReader(around, one.name, diagnostics);
  const { file } = one;
  return Object.fromEntries(
    treeNames.map((name) => [
      name,
      new ConfigTree(file.trees.get(name), file.source, (node) => value(node, file.source)),
    ]),
  ) as Record<TreeName, ConfigTree>;
}

function valueReader(around: Surroundings, packageName: string, diagnostics: Diagnostic[]): Reading["value"] {
  return (node, text) => {
    const plain = valueOf(node);
    if (!holdsJinja(plain)) return plain;
    const scope = yamlScope(around, packageName);
    try {
      const rendered = fromPython(renderConfigValue(around, plain, scope, false)) as ConfigValue;
      for (const found of scope.diagnostics) diagnostics.push(found);
      return rendered;
    } catch (error) {
      diagnostics.push(jinjaDiagnostic(error, around, text.span(node.start, node.end)));
      return null;
    }
  };
}

/** Macros that come with Meshwork: every project has them, and they are parsed once in a process. */
const ownMacros: ReadonlySet<string> = new Set([builtinMacros, portableMacros, materializationMacros]);
const ownTemplates = new Map<string, Parsed>();

function cached<T>(options: LoadOptions, kind: string, text: string, make: () => T): T {
  if (options.cache === undefined) return make();
  const key = `${kind}\n${createHash("sha1").update(text).digest("hex")}`;
  const known = options.cache.get(key) as T | undefined;
  if (known !== undefined) return known;
  const made = make();
  options.cache.set(key, made);
  return made;
}

const holdsJinja = (value: ConfigValue): boolean =>
  typeof value === "string"
    ? value.includes("{{") || value.includes("{%")
    : typeof value === "object" && value !== null && Object.values(value).some((v) => holdsJinja(v as ConfigValue));

/** What YAML sees: variables, the environment and the target, but no nodes. */
function yamlScope(around: Surroundings, packageName: string): RenderScope {
  const none = (): never => {
    throw new Error("YAML refers to nodes in test arguments only");
  };
  return new RenderScope(around, {
    package: packageName,
    execute: false,
    incremental: false,
    now: around.options.now,
    invocationId: around.options.invocationId ?? "",
    ref: none,
    source: none,
  });
}

const isMap = (v: ConfigValue | undefined): v is { readonly [key: string]: ConfigValue } =>
  typeof v === "object" && v !== null && !Array.isArray(v);

/** Variables as the nodes of a package see them: its own, the root project's over those, the command's over all. */
function varsReader(packages: readonly ProjectPackage[], options: LoadOptions): Surroundings["vars"] {
  const known = new Map<string, ReadonlyMap<string, ConfigValue>>();
  const declared = (file: ProjectFile): ConfigValue => (file.vars === undefined ? {} : valueOf(file.vars));
  return (packageName) => {
    let vars = known.get(packageName);
    if (vars === undefined) {
      const own = packages.find((p) => p.name === packageName && !p.root);
      const layers = [...(own === undefined ? [] : [own]), packages[0]!].flatMap((one) => {
        const all = declared(one.file);
        return isMap(all) ? [all, all[packageName]] : [];
      });
      vars = new Map([...layers, options.vars].flatMap((layer) => (isMap(layer) ? Object.entries(layer) : [])));
      known.set(packageName, vars);
    }
    return vars;
  };
}

function readMacros(
  around: Surroundings,
  packages: readonly ProjectPackage[],
  parse: (text: SourceText) => Parsed,
  diagnostics: Diagnostic[],
): void {
  const builtin = [
    new SourceText("built-in", "built-in", builtinMacros),
    new SourceText("portable", "portable", portableMacros),
  ];
  addMacros(around.macros, builtinPackage, builtin, parse, diagnostics);
  around.macros.later(materializationMacroNames, () => {
    const text = new SourceText("materializations", "materializations", materializationMacros);
    addMacros(around.macros, builtinPackage, [text], parse, diagnostics);
  });
  for (const one of packages) {
    const texts = one.files.filter((f) => f.role === "macro" || f.role === "generic-test").map((f) => f.source);
    // A package's odd file is its author's affair as long as nobody calls what is in it.
    const read = one.root ? parse : (text: SourceText): Parsed => ({ ...parse(text), trouble: [] });
    addMacros(around.macros, one.name, texts, read, diagnostics);
  }
}

function addMacros(
  macros: MacroRegistry,
  packageName: string,
  texts: readonly SourceText[],
  parse: (text: SourceText) => Parsed,
  diagnostics: Diagnostic[],
): void {
  for (const text of texts) {
    const { template, trouble } = parse(text);
    diagnostics.push(...trouble);
    for (const definition of template?.definitions ?? []) {
      const name = macroName(definition);
      if (name === undefined) continue;
      const place = text.span(definition.nameOffset, definition.nameOffset + definition.name.length);
      const info = {
        id: `macro.${packageName}.${name}`,
        name,
        package: packageName,
        path: text.path,
        file: text.file,
        description: "",
        place,
      };
      const before = macros.add({ info, definition });
      if (before !== undefined) {
        const kind =
          definition.tag === "macro"
            ? "macros"
            : definition.tag === "materialization"
              ? "materializations"
              : "generic tests";
        const params = { kind, name: definition.name, other: before.info.file };
        const related = [{ message: "the first is here", span: before.info.place }];
        diagnostics.push(sqlCodes.create("duplicate-model", params, { span: place, related }));
      }
    }
  }
}

/** The name that dbt gives the macro of a block: `test_not_null`, `materialization_table_default`. */
function macroName(definition: NonNullable<Parsed["template"]>["definitions"][number]): string | undefined {
  switch (definition.tag) {
    case "macro":
      return definition.name;
    case "test":
    case "data_test":
      return `test_${definition.name}`;
    case "materialization": {
      const adapter = definition.kwargs.get("adapter")?.constant;
      return `materialization_${definition.name}_${typeof adapter === "string" ? adapter : "default"}`;
    }
    default:
      return undefined;
  }
}

function readDocs(
  one: ProjectPackage,
  around: Surroundings,
  texts: Map<string, SourceText>,
  diagnostics: Diagnostic[],
): void {
  for (const file of one.files) {
    if (file.role !== "docs" || !file.source.text.includes("{%")) continue;
    texts.set(file.source.file, file.source);
    try {
      const template = parseTemplate(file.source.text, { name: file.source.file, blockTags, outside: "text" });
      for (const block of template.definitions) {
        if (block.tag !== "docs") continue;
        const shortPath = [...file.folders, file.source.path.split("/").at(-1)!].join("/");
        const id = `doc.${one.name}.${block.name}`;
        const { path } = file.source;
        around.docs.add({ id, name: block.name, package: one.name, path, shortPath, text: block.body.trim() });
      }
    } catch (error) {
      if (one.root) diagnostics.push(jinjaDiagnostic(error, around, file.source.top()));
    }
  }
}
