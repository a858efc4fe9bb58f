import type { Diagnostic } from "@meshwork/diagnostics";
import type { Session } from "@meshwork/engine";
import type { Project, ProjectNode, Selected, Selection } from "@meshwork/models";
import { writeBelow } from "../write-below.ts";
import type { DbtOptions } from "./dbt-options.ts";
import { readState } from "./state.ts";
import { writeArtifact } from "./write-artifact.ts";

/** The engine of a project while something runs on it. */
export interface Connection {
  readonly session: Session;
  /** One more session on the same database, where the engine gives several to one process. */
  readonly openSession?: (() => Promise<Session>) | undefined;
  close(): Promise<void>;
}

/** A dbt project as a verb sees it: of a mesh or not, read and selected from, with a way to its engine. */
export interface DbtPlace {
  readonly project: Project;
  readonly selected: Selected;
  /** Absolute: where artifacts and compiled SQL go. */
  readonly targetFolder: string;
  readonly threads: number;
  /** Columns whose values are not shown in failing rows. */
  readonly masks?: ((node: ProjectNode, column: string) => boolean) | undefined;
  connect(signal: AbortSignal | undefined): Promise<Connection>;
  /** Whether anything was ever built; unknown where absent. */
  isThere?(): boolean;
  /** The file that remembers which intervals are filled where this place builds. */
  readonly intervalsFile: string;
  /** Told of models of which intervals were filled, while the connection is open. */
  filled?(models: ReadonlySet<string>): Promise<void>;
}

export interface DbtPlaces {
  readonly places: readonly DbtPlace[];
  readonly now: Date;
  /** One for the whole command. */
  readonly invocationId: string;
  /** Findings as the workspace's rules have them. */
  settle(found: readonly Diagnostic[]): readonly Diagnostic[];
}

/** What dbt's artifacts say of the run that wrote them. */
export const artifactOptions = ({ now, invocationId }: DbtPlaces) => ({
  generatedAt: now,
  invocationId,
  fleeting: true,
});

/** Writes a JSON artifact, or compiled text, below the target folder. */
export function writeTarget(place: DbtPlace, path: string, content: unknown): void {
  const file = path.replace(/^target\//, "");
  if (typeof content === "string") writeBelow(place.targetFolder, file, content);
  else writeArtifact(place.targetFolder, file, content as Readonly<Record<string, unknown>>);
}

/** The flags that choose nodes, as a project takes them. `types` are those that a verb works on. */
export function selectIn(project: Project, options: DbtOptions, types?: readonly Selectable[]): Selected {
  const given = <T>(list: readonly T[] | undefined): readonly T[] | undefined => (list?.length ? list : undefined);
  return project.select({
    select: given(options.select),
    exclude: given(options.exclude),
    selector: options.selector,
    indirectSelection: options.indirectSelection as Selection["indirectSelection"],
    resourceTypes: (given(options.resourceTypes) as Selection["resourceTypes"]) ?? types,
    excludeResourceTypes: given(options.excludeResourceTypes) as Selection["excludeResourceTypes"],
    state: options.state === undefined ? undefined : readState(options),
  });
}

/** What a verb may work on. */
export type Selectable = NonNullable<Selection["resourceTypes"]>[number];
