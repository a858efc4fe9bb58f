import type { Diagnostic } from "@meshwork/diagnostics";
import type { Template } from "@meshwork/jinja";
import type { ResourceTree } from "./config-tree.ts";
import type { CallPlaces } from "./context/call-places.ts";
import type { Surroundings } from "./context/surroundings.ts";
import type { ConfigValue } from "./model.ts";
import type { ProjectPackage } from "./package-list.ts";
import type { ProjectSourceFile } from "./project-tree.ts";
import type { PropertiesEntry, ResourceEntry, TableEntry } from "./properties.ts";
import type { SourceText } from "./source-text.ts";
import type { YamlNode } from "./yaml.ts";

/** A parsed file: its template, or why it has none. */
export interface Parsed {
  readonly template: Template | undefined;
  readonly trouble: readonly Diagnostic[];
}

/** Everything read of the files of one package, before nodes are made of it. */
export interface Reading {
  readonly around: Surroundings;
  readonly package: ProjectPackage;
  readonly files: readonly ProjectSourceFile[];
  readonly resources: readonly ResourceEntry[];
  readonly tables: readonly TableEntry[];
  /** Unit tests, exposures, metrics and the like. */
  readonly others: readonly PropertiesEntry[];
  readonly trees: Readonly<Record<TreeName, ResourceTree>>;
  readonly diagnostics: Diagnostic[];
  parse(text: SourceText): Parsed;
  places(template: Template, text: SourceText): CallPlaces;
  /** Whether some macro may call `config()`, so that only a render tells what a model sets. */
  macrosConfigure(): boolean;
  /** A YAML value with its Jinja rendered, in a context without nodes. */
  value(node: YamlNode, text: SourceText): ConfigValue;
}

export type TreeName =
  | "models"
  | "seeds"
  | "snapshots"
  | "sources"
  | "data_tests"
  | "unit_tests"
  | "exposures"
  | "metrics"
  | "semantic_models"
  | "saved_queries";

/** Properties by kind and name (`model orders`). */
export type Entries = ReadonlyMap<string, ResourceEntry>;
