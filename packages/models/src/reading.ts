import type { Diagnostic } from "@meshwork/diagnostics";
import type { Template } from "@meshwork/jinja";
import type { ConfigTree } from "./config-tree.ts";
import type { CallPlaces } from "./context/call-places.ts";
import type { Surroundings } from "./context/surroundings.ts";
import type { ConfigValue } from "./model.ts";
import type { ProjectFile } from "./project-file.ts";
import type { ProjectSourceFile } from "./project-tree.ts";
import type { ResourceEntry, TableEntry } from "./properties.ts";
import type { SourceText } from "./source-text.ts";
import type { YamlNode } from "./yaml.ts";

/** A parsed file: its template, or why it has none. */
export interface Parsed {
  readonly template: Template | undefined;
  readonly trouble: readonly Diagnostic[];
}

/** Everything read of a project's files, before nodes are made of it. */
export interface Reading {
  readonly around: Surroundings;
  readonly projectFile: ProjectFile;
  readonly files: readonly ProjectSourceFile[];
  readonly resources: readonly ResourceEntry[];
  readonly tables: readonly TableEntry[];
  readonly trees: {
    readonly models: ConfigTree;
    readonly seeds: ConfigTree;
    readonly snapshots: ConfigTree;
    readonly sources: ConfigTree;
    readonly tests: ConfigTree;
  };
  readonly diagnostics: Diagnostic[];
  parse(text: SourceText): Parsed;
  places(template: Template, text: SourceText): CallPlaces;
  /** Whether some macro may call `config()`, so that only a render tells what a model sets. */
  macrosConfigure(): boolean;
  /** A YAML value with its Jinja rendered, in a context without nodes. */
  value(node: YamlNode, text: SourceText, packageName?: string): ConfigValue;
}

/** Properties by kind and name (`model orders`). */
export type Entries = ReadonlyMap<string, ResourceEntry>;
