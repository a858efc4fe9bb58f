import { createEnvironment, fromPython, parseTemplate } from "@meshwork/jinja";
import type { Diagnostic } from "@meshwork/diagnostics";
import { createHash } from "node:crypto";
import { assembleProject } from "./assemble.ts";
import { ConfigTree } from "./config-tree.ts";
import { builtinMacros } from "./context/builtin-macros.ts";
import { portableMacros } from "./context/portable-macros.ts";
import { CallPlaces } from "./context/call-places.ts";
import { jinjaDiagnostic } from "./context/jinja-diagnostics.ts";
import { builtinPackage, MacroRegistry } from "./context/macro-registry.ts";
import { RenderScope } from "./context/render-scope.ts";
import type { Surroundings } from "./context/surroundings.ts";
import { renderConfigValue } from "./context/yaml-values.ts";
import { emptyProject } from "./empty-project.ts";
import type { ConfigValue, LoadOptions, Project } from "./model.ts";
import { diskFiles } from "./node-files.ts";
import { readProjectFile, yamlDiagnostics } from "./project-file.ts";
import type { ProjectFile } from "./project-file.ts";
import { readProjectTree } from "./project-tree.ts";
import type { ProjectSourceFile } from "./project-tree.ts";
import { readProperties } from "./properties.ts";
import type { ResourceEntry, TableEntry } from "./properties.ts";
import type { Parsed } from "./reading.ts";
import { SourceText } from "./source-text.ts";
import { sqlCodes } from "./sql.codes.ts";
import { parseYaml, valueOf } from "./yaml.ts";
import type { YamlNode } from "./yaml.ts";

const blockTags = {
  test: { body: "macro" },
  data_test: { body: "macro", end: "enddata_test" },
  materialization: { body: "template" },
  snapshot: { body: "template" },
  docs: { body: "raw" },
} as const;

/**
 * Reads, resolves and compiles the dbt project in `options.root`.
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
  const diagnostics: Diagnostic[] = [...head.diagnostics, ...tree.diagnostics];
  const texts = new Map<string, SourceText>();
  const macros = new MacroRegistry(projectFile.name, projectFile.dispatch);
  const docs = new Map<string, string>();
  const around: Surroundings = {
    project: projectFile.name,
    options,
    environment: createEnvironment({
      undefined: "lenient",
      limits: { steps: 2_000_000, outputChars: 32 * 1024 * 1024, depth: 100 },
    }),
    macros,
    vars: varsReader(projectFile, options),
    docs,
    texts,
  };
  const parse = (text: SourceText): Parsed => {
    texts.set(text.file, text);
    return cached(options, `template\n${text.file}`, text.text, () => {
      try {
        return { template: parseTemplate(text.text, { name: text.file, blockTags }), trouble: [] };
      } catch (error) {
        return { template: undefined, trouble: [jinjaDiagnostic(error, around, text.top())] };
      }
    });
  };
  const builtin = [
    new SourceText("built-in", "built-in", builtinMacros),
    new SourceText("portable", "portable", portableMacros),
  ];
  addMacros(macros, builtinPackage, builtin, parse, diagnostics);
  for (const text of builtin) texts.delete(text.file);
  const own = tree.files.filter((f) => f.role === "macro" || f.role === "generic-test").map((f) => f.source);
  addMacros(macros, projectFile.name, own, parse, diagnostics);
  addPackages(around, display, parse, diagnostics);
  readDocs(tree.files, docs, texts, diagnostics);
  const value = (node: YamlNode, text: SourceText, packageName = projectFile.name): ConfigValue => {
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
  let configuring: boolean | undefined;
  const resources: ResourceEntry[] = [];
  const tables: TableEntry[] = [];
  for (const file of tree.files) {
    if (file.role !== "properties") continue;
    texts.set(file.source.file, file.source);
    const document = cached(options, `yaml`, file.source.text, () => parseYaml(file.source.text));
    const properties = readProperties(file.source, document.root);
    diagnostics.push(...yamlDiagnostics(file.source, document), ...properties.diagnostics);
    resources.push(...properties.resources);
    tables.push(...properties.tables);
  }
  const configTree = (key: string): ConfigTree =>
    new ConfigTree(projectFile.trees.get(key), projectFile.source, (node) => value(node, projectFile.source));
  return assembleProject({
    around,
    projectFile,
    files: tree.files,
    resources,
    tables,
    trees: {
      models: configTree("models"),
      seeds: configTree("seeds"),
      snapshots: configTree("snapshots"),
      sources: configTree("sources"),
      tests: configTree("data_tests"),
    },
    diagnostics,
    parse,
    places: (template, text) => new CallPlaces(template, text),
    macrosConfigure: () => (configuring ??= macros.all().some((m) => /\bconfig\s*\(/.test(m.definition.body))),
    value,
  });
}

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

function varsReader(file: ProjectFile, options: LoadOptions): Surroundings["vars"] {
  const known = new Map<string, ReadonlyMap<string, ConfigValue>>();
  const declared = file.vars === undefined ? {} : valueOf(file.vars);
  const isMap = (v: ConfigValue | undefined): v is { readonly [key: string]: ConfigValue } =>
    typeof v === "object" && v !== null && !Array.isArray(v);
  return (packageName) => {
    let vars = known.get(packageName);
    if (vars === undefined) {
      const layers = [
        declared,
        isMap(declared) ? declared[file.name] : undefined,
        isMap(declared) ? declared[packageName] : undefined,
        options.vars,
      ];
      vars = new Map(layers.flatMap((layer) => (isMap(layer) ? Object.entries(layer) : [])));
      known.set(packageName, vars);
    }
    return vars;
  };
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
      const test = definition.tag === "test" || definition.tag === "data_test";
      if (definition.tag !== "macro" && !test) continue;
      const name = test ? `test_${definition.name}` : definition.name;
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
        const params = { kind: test ? "generic tests" : "macros", name: definition.name, other: before.info.file };
        const related = [{ message: "the first is here", span: before.info.place }];
        diagnostics.push(sqlCodes.create("duplicate-model", params, { span: place, related }));
      }
    }
  }
}

/** Macros and generic tests of the packages that `dbt deps` has put under `dbt_packages/`. */
function addPackages(
  around: Surroundings,
  display: (path: string) => string,
  parse: (text: SourceText) => Parsed,
  diagnostics: Diagnostic[],
): void {
  const files = around.options.files ?? diskFiles;
  const folder = `${around.options.root}/dbt_packages`;
  for (const entry of [...(files.list(folder) ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.directory) continue;
    const inner = (path: string): string => display(`dbt_packages/${entry.name}/${path}`);
    const head = readProjectFile(files, `${folder}/${entry.name}`, inner);
    if (head.file === undefined) continue;
    const { macros, tests } = head.file.paths;
    const tree = readProjectTree(
      files,
      `${folder}/${entry.name}`,
      { macros, tests, models: [], seeds: [], snapshots: [] },
      inner,
    );
    const own = tree.files.filter((f) => f.role === "macro" || f.role === "generic-test").map((f) => f.source);
    // A package's odd file is its author's affair as long as nobody calls what is in it.
    addMacros(around.macros, head.file.name, own, (text) => ({ ...parse(text), trouble: [] }), diagnostics);
  }
}

function readDocs(
  files: readonly ProjectSourceFile[],
  docs: Map<string, string>,
  texts: Map<string, SourceText>,
  diagnostics: Diagnostic[],
): void {
  for (const file of files) {
    if (file.role !== "docs" || !file.source.text.includes("{%")) continue;
    texts.set(file.source.file, file.source);
    try {
      const template = parseTemplate(file.source.text, { name: file.source.file, blockTags, outside: "text" });
      for (const block of template.definitions) if (block.tag === "docs") docs.set(block.name, block.body.trim());
    } catch (error) {
      diagnostics.push(jinjaDiagnostic(error, { texts }, file.source.top()));
    }
  }
}
