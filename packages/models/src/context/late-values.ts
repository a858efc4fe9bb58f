import type { Plain } from "../semantic.ts";

/** What templates may ask that is known only once every node is linked. */
export interface LateValues {
  /** dbt's `graph`; nothing while the project is still being put together. */
  graph?: (() => Plain) | undefined;
  /** Ids of what the running command has selected. */
  selected: readonly string[];
}

/** A template asked for the graph before it was known: its node is rendered again when it is. */
export class GraphNotReady extends Error {
  constructor() {
    super("the graph is known once every node is linked");
  }
}
