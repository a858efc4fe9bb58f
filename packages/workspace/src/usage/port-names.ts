import type { OutputPort } from "@meshwork/contract";
import { majorOf, relationOf } from "@meshwork/contract";
import type { Relation } from "@meshwork/sql";
import type { Product, Workspace } from "../workspace.ts";

/** A port at one of the major versions that it has or had. */
export interface NamedPort {
  readonly product: Product;
  readonly port: OutputPort;
  readonly major: number;
  readonly relation: Relation;
}

/** Relations of ports, by what a log calls them: case does not count, and neither does what stands before the schema. */
export class PortNames {
  readonly #byName = new Map<string, NamedPort>();
  readonly #byLast = new Map<string, NamedPort[]>();

  constructor({ products, mesh }: Workspace) {
    const add = (product: Product, port: OutputPort, major: number) => {
      const relation = relationOf(product.contract!, port, major, mesh.naming);
      const key = keyOf(relation.schema, relation.name);
      if (this.#byName.has(key)) return;
      const named = { product, port, major, relation };
      this.#byName.set(key, named);
      const last = relation.name.toLowerCase();
      this.#byLast.set(last, [...(this.#byLast.get(last) ?? []), named]);
    };
    const all = [...products.values()].filter((product) => product.contract !== undefined);
    for (const product of all)
      for (const port of product.contract!.ports) add(product, port, majorOf(product.contract!.version));
    // Versions that nobody keeps alive may still be read; they belong to the newest.
    for (const product of all)
      for (const port of product.contract!.ports)
        for (let major = Math.min(majorOf(product.contract!.version), 1000); major >= 0; major--)
          add(product, port, major);
  }

  /** The port that a name of at least two parts means. */
  find(parts: readonly string[]): NamedPort | undefined {
    return parts.length < 2 ? undefined : this.#byName.get(keyOf(parts.at(-2), parts.at(-1)!));
  }

  /** The ports that a name without a schema may mean. */
  findLast(name: string): readonly NamedPort[] {
    return this.#byLast.get(name.toLowerCase()) ?? [];
  }
}

const keyOf = (schema: string | undefined, name: string): string =>
  `${(schema ?? "").toLowerCase()}\0${name.toLowerCase()}`;
