import type { ConfigValue } from "./model.ts";
import { entryOf, parseYaml, textOf, valueOf } from "./yaml.ts";

/** What must be known of a project before it can be read: where it runs and where it writes. */
export interface ProjectSettings {
  readonly name: string | undefined;
  /** `profile:`, the entry of `profiles.yml`. */
  readonly profile: string | undefined;
  /** `target-path:`, relative to the project. */
  readonly targetPath: string | undefined;
}

/** Reads the settings out of the text of a `dbt_project.yml`; what is wrong in it is said when the project is read. */
export function projectSettings(text: string): ProjectSettings {
  const { root } = parseYaml(text);
  const word = (key: string): string | undefined => textOf(entryOf(root, key)?.value);
  return { name: word("name"), profile: word("profile"), targetPath: word("target-path") };
}

/** Variables written as YAML, `key: value` or `{key: value}`; nothing where it is no mapping. */
export function yamlVars(text: string): Record<string, ConfigValue> | undefined {
  const { root, problems } = parseYaml(text);
  if (root?.kind !== "map" || problems.some((p) => p.severity === "error")) return undefined;
  return valueOf(root) as Record<string, ConfigValue>;
}
