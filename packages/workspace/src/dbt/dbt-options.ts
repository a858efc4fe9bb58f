import type { OperationOptions } from "../operation.ts";

/** dbt's flags about where a project lies, which of its nodes are meant, and where they are built. */
export interface DbtOptions extends Omit<OperationOptions, "root"> {
  /** The workspace; absent outside a mesh. */
  readonly root?: string | undefined;
  /** Where the command was started; paths of flags begin here. */
  readonly cwd?: string | undefined;
  readonly select?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  /** A selector of `selectors.yml` in place of `select` and `exclude`. */
  readonly selector?: string | undefined;
  /** When tests of what is selected come along: eager, cautious, buildable or empty. */
  readonly indirectSelection?: string | undefined;
  readonly resourceTypes?: readonly string[] | undefined;
  readonly excludeResourceTypes?: readonly string[] | undefined;
  /** The folder of a dbt project: a domain's, or any other. */
  readonly projectDir?: string | undefined;
  readonly profilesDir?: string | undefined;
  readonly profile?: string | undefined;
  /** Where artifacts go; `target/` of the project where absent. */
  readonly targetPath?: string | undefined;
  readonly threads?: number | undefined;
  /** The verb, `flags.WHICH` in templates. */
  readonly command?: string | undefined;
  readonly fullRefresh?: boolean | undefined;
  readonly empty?: boolean | undefined;
  readonly storeFailures?: boolean | undefined;
  /** A folder with the artifacts of another state, for `state:` selectors and `--defer`. */
  readonly state?: string | undefined;
  /** Refs to nodes that are not selected (and not there) read the relations of `--state`. */
  readonly defer?: boolean | undefined;
  /** In place of `--state`, for `--defer` alone. */
  readonly deferState?: string | undefined;
  /** Deferred relations are read even where the node's own is there. */
  readonly favorState?: boolean | undefined;
}
