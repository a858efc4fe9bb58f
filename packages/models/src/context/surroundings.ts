import type { Diagnostic } from "@meshwork/diagnostics";
import type { Environment } from "@meshwork/jinja";
import type { DocBlocks } from "../docs-blocks.ts";
import type { ConfigValue, LoadOptions } from "../model.ts";
import type { SourceText } from "../source-text.ts";
import type { LateValues } from "./late-values.ts";
import type { MacroRegistry } from "./macro-registry.ts";

/** What all templates of one project share. */
export interface Surroundings {
  readonly project: string;
  readonly options: LoadOptions;
  readonly environment: Environment;
  readonly macros: MacroRegistry;
  /** `vars` as a package sees them: command line, the package's own, the project's. */
  vars(packageName: string): ReadonlyMap<string, ConfigValue>;
  readonly docs: DocBlocks;
  /** Packages that are declared and not on disk, with what is said about them. */
  readonly missing: ReadonlyMap<string, Diagnostic>;
  readonly late: LateValues;
  /** Every file that was read, by the name its template carries. */
  readonly texts: ReadonlyMap<string, SourceText>;
}
