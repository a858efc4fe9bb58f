import type { CompileOptions, Project, ProjectNode } from "../model.ts";
import type { RunOptions } from "./outcome.ts";
import { windowCondition } from "./microbatch.ts";
import type { Window } from "./microbatch.ts";
import type { RelationCatalog } from "./relations.ts";

type Reads = NonNullable<CompileOptions["reads"]>;

/** A relation as SQL names it, with its column of time. */
export interface TimedRead {
  readonly name: string;
  readonly column: string;
}

/** What a run puts in the place of relations that its nodes read: another state's, none of the rows, those of a window. */
export class ReadRewrites {
  readonly #project: Project;
  readonly #options: RunOptions;
  readonly #catalog: RelationCatalog;
  readonly #chosen: ReadonlySet<string>;

  constructor(project: Project, options: RunOptions, catalog: RelationCatalog) {
    this.#project = project;
    this.#options = options;
    this.#catalog = catalog;
    this.#chosen = new Set(options.nodes.map((n) => n.id));
  }

  /** Nothing where the SQL stays as it is. */
  of(window?: Window): Reads | undefined {
    const { empty, deferred } = this.#options;
    if (empty !== true && deferred === undefined && window === undefined) return undefined;
    return (read, relation) => {
      const node = read.kind === "node" ? this.#project.nodes.get(read.id) : undefined;
      if (node?.config.materialized === "ephemeral") return undefined;
      const other = node === undefined ? undefined : this.#deferred(node);
      const name = other ?? relation;
      if (empty === true) return `(select * from ${name} where false limit 0)`;
      const column = window === undefined ? undefined : this.#eventTime(read.kind === "port" ? undefined : read.id);
      if (window === undefined || column === undefined) return other;
      const { dialect } = this.#project;
      return `(select * from ${name} where ${windowCondition(column, window, (t) => dialect.literal(t))})`;
    };
  }

  /** Notes what a node reads that has an `event_time`, by id, under the name that it reads it by. */
  timed(found: Map<string, TimedRead>): Reads {
    return (read, relation) => {
      const node = read.kind === "node" ? this.#project.nodes.get(read.id) : undefined;
      const other = node === undefined ? undefined : this.#deferred(node);
      const column = this.#eventTime(read.kind === "port" ? undefined : read.id);
      if (read.kind !== "port" && column !== undefined && node?.config.materialized !== "ephemeral")
        found.set(read.id, { name: other ?? relation, column });
      return undefined;
    };
  }

  /** The other state's relation, where the run neither builds the node nor finds it built. */
  #deferred(node: ProjectNode): string | undefined {
    const other = this.#options.deferred?.get(node.id);
    if (other === undefined || this.#chosen.has(node.id)) return undefined;
    if (this.#options.favorState !== true && this.#catalog.get(node.relation) !== undefined) return undefined;
    return this.#project.dialect.relation(other);
  }

  #eventTime(id: string | undefined): string | undefined {
    if (id === undefined) return undefined;
    const own = this.#project.nodes.get(id)?.config.eventTime;
    const given = this.#project.sources.get(id)?.config.get("event_time");
    return own ?? (typeof given === "string" ? given : undefined);
  }
}
