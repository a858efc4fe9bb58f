import { nearest } from "@meshwork/diagnostics";
import type { Diagnostic } from "@meshwork/diagnostics";
import { configKey, isHook } from "./config.ts";
import type { ConfigLayer, Setting } from "./config.ts";
import { settingWithoutPlus } from "./deprecations.ts";
import type { ConfigValue } from "./model.ts";
import { knownConfigKeys, mappingConfigKeys } from "./properties-keys.ts";
import type { SourceText } from "./source-text.ts";
import { sqlCodes } from "./sql.codes.ts";
import { valueOf } from "./yaml.ts";
import type { YamlEntry, YamlNode } from "./yaml.ts";

/** A tree of `dbt_project.yml` (`models:`): settings by folder, the deepest wins. */
export class ConfigTree {
  readonly #root: YamlNode | undefined;
  readonly #source: SourceText;
  readonly #read: (node: YamlNode) => ConfigValue;
  readonly #used = new Set<YamlNode>();
  /** The parts of names that exist at each place, for "did you mean". */
  readonly #offered = new Map<YamlNode, Set<string>>();

  constructor(root: YamlNode | undefined, source: SourceText, read: (node: YamlNode) => ConfigValue) {
    this.#root = root;
    this.#source = source;
    this.#read = read;
  }

  /** The levels that apply to a resource, the weakest first; the parts are package, folders, name. */
  layers(parts: readonly string[]): ConfigLayer[] {
    const layers: ConfigLayer[] = [];
    let node = this.#root;
    for (let depth = 0; node?.kind === "map"; depth++) {
      const layer = new Map<string, Setting>();
      for (const entry of node.entries) {
        if (!isFolder(entry)) {
          const span = this.#source.span(entry.value.start, entry.value.end);
          layer.set(configKey(entry.key), {
            value: isHook(entry.key) ? valueOf(entry.value) : this.#read(entry.value),
            raw: valueOf(entry.value),
            span,
          });
        }
      }
      layers.push(layer);
      const part = parts[depth];
      if (part === undefined) break;
      this.#offer(node, part);
      const next: YamlEntry | undefined = node.entries.find((e) => e.key === part && isFolder(e));
      if (next !== undefined) this.#used.add(next.value);
      node = next?.value;
    }
    return layers;
  }

  #offer(node: YamlNode, part: string): void {
    const names = this.#offered.get(node);
    if (names === undefined) this.#offered.set(node, new Set([part]));
    else names.add(part);
  }

  /** Folders that hold nothing, and settings that look like a misspelt one. */
  check(tree: string): Diagnostic[] {
    const found: Diagnostic[] = [];
    const visit = (node: YamlNode, label: string): void => {
      if (node.kind !== "map") return;
      for (const entry of node.entries) {
        const span = this.#source.span(entry.start, entry.end);
        if (isFolder(entry)) {
          if (this.#used.has(entry.value)) visit(entry.value, `${label}.${entry.key}`);
          else {
            const known = [...(this.#offered.get(node) ?? []), ...knownConfigKeys.map((k) => `+${k}`)];
            const effect = "nothing lies there, so its settings apply to nothing";
            const help = `name a folder or a resource below "${label}"; settings begin with +`;
            found.push(
              sqlCodes.create(
                "unknown-key",
                { key: entry.key, of: `"${label}"`, known, effect },
                { severity: "warning", span, help },
              ),
            );
          }
          continue;
        }
        if (!entry.key.startsWith("+")) found.push(settingWithoutPlus(this.#source, entry));
        const key = configKey(entry.key);
        if (knownConfigKeys.includes(key) || nearest(key, knownConfigKeys).length === 0) continue;
        const of = `"${label}" in dbt_project.yml`;
        found.push(
          sqlCodes.create(
            "unknown-key",
            { key, of, known: knownConfigKeys, effect: "nobody reads it" },
            { severity: "warning", span, help: "correct the key, or put keys of your own under +meta" },
          ),
        );
      }
    };
    if (this.#root !== undefined) visit(this.#root, tree);
    return found;
  }
}

/**
 * The settings that `dbt_project.yml` gives a kind of resource: the package's own file below everything that is said
 * beside the resource, the root project's file of a package's resources above it.
 */
export class ResourceTree {
  readonly #own: ConfigTree;
  readonly #root: ConfigTree;

  constructor(own: ConfigTree, root: ConfigTree) {
    this.#own = own;
    this.#root = root;
  }

  /** All levels of a resource in order, the weakest first; `inner` are those of properties and `config()`. */
  around(fqn: readonly string[], inner: readonly ConfigLayer[]): ConfigLayer[] {
    const below = this.#own.layers(fqn);
    return [...below, ...inner, ...(this.#own === this.#root ? [] : this.#root.layers(fqn))];
  }
}

/** `+key` is a setting always; without the plus a mapping is a folder unless its name is a setting's. */
function isFolder(entry: YamlEntry): boolean {
  if (entry.key.startsWith("+")) return false;
  return entry.value.kind === "map" && !mappingConfigKeys.has(configKey(entry.key));
}
