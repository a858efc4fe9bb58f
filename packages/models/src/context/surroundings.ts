import type { Environment } from "@meshwork/jinja";
import type { ConfigValue, LoadOptions } from "../model.ts";
import type { SourceText } from "../source-text.ts";
import type { MacroRegistry } from "./macro-registry.ts";

/** What all templates of one project share. */
export interface Surroundings {
  readonly project: string;
  readonly options: LoadOptions;
  readonly environment: Environment;
  readonly macros: MacroRegistry;
  /** `vars` as a package sees them: command line, the package's own, the project's. */
  vars(packageName: string): ReadonlyMap<string, ConfigValue>;
  /** Texts of `{% docs %}` blocks by name. */
  readonly docs: ReadonlyMap<string, string>;
  /** Every file that was read, by the name its template carries. */
  readonly texts: ReadonlyMap<string, SourceText>;
}
