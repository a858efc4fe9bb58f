import type { OriginValue, ReadColumn } from "@meshwork/engine";
import { unknownValue } from "@meshwork/engine";
import type { Node } from "./node-tree.ts";
import { nodesOf, wordOf } from "./node-tree.ts";

/** What the catalog says that a tree alone does not. */
export interface Catalog {
  /** Declared relations by OID, their columns in order. */
  readonly relations: ReadonlyMap<number, readonly ReadColumn[]>;
  /** Functions that yield NULL when an argument is NULL. */
  readonly strict: ReadonlySet<number>;
  /** Functions that read relations which their arguments only name. */
  readonly reading: ReadonlySet<number>;
}

/** The columns of a query or of a part of its FROM. Without a width nobody knows how many there are. */
export interface Output {
  readonly width: number | undefined;
  at(index: number): OriginValue;
  /** Filters and joins below leave out every row in which the column is NULL. */
  notNull(index: number): boolean;
}

export const unknownOutput: Output = { width: undefined, at: () => unknownValue, notNull: () => false };
export const outputOf = (values: readonly OriginValue[], guards: readonly boolean[] = []): Output => ({
  width: values.length,
  at: (i) => values[i] ?? unknownValue,
  notNull: (i) => guards[i] === true,
});
export const allOf = (output: Output): OriginValue[] =>
  output.width === undefined ? [unknownValue] : Array.from({ length: output.width }, (_, i) => output.at(i));

/** One query of a tree, with what is known of its range table and its CTEs so far. */
export class Level {
  readonly query: Node;
  readonly parent: Level | undefined;
  readonly tables: readonly Node[];
  readonly targets: readonly Node[];
  readonly outputs = new Map<number, Output>();
  readonly ctes = new Map<string, Output>();
  /** Variables of this level that no row has NULL in. */
  guards: ReadonlySet<string> = new Set();

  constructor(query: Node, parent: Level | undefined) {
    this.query = query;
    this.parent = parent;
    this.tables = nodesOf(query.fields.get("rtable"));
    this.targets = nodesOf(query.fields.get("targetList"));
  }

  up(levels: number): Level | undefined {
    return levels === 0 ? this : this.parent?.up(levels - 1);
  }
}

/** The output column that GROUP BY, ORDER BY or OVER names. */
export const targetOf = (level: Level, clause: Node): Node | undefined =>
  level.targets.find((t) => wordOf(t, "ressortgroupref") === wordOf(clause, "tleSortGroupRef"));
