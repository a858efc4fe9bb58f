/** A `{% docs %}` block. */
export interface DocBlock {
  /** `doc.shop.order_id` */
  readonly id: string;
  readonly name: string;
  readonly package: string;
  /** Relative to the package's folder. */
  readonly path: string;
  /** The same below its resource path, as dbt has it. */
  readonly shortPath: string;
  readonly text: string;
}

/** The blocks of all packages, and which of them a name means. */
export class DocBlocks {
  readonly #blocks = new Map<string, DocBlock>();
  readonly #byName = new Map<string, DocBlock>();

  add(block: DocBlock): void {
    this.#blocks.set(block.id, block);
    if (!this.#byName.has(block.name)) this.#byName.set(block.name, block);
  }

  /** `doc('name')`: the asking package's own, the root project's, then anybody's; `doc('package', 'name')` that one. */
  find(name: string, from: string, root: string, packageName?: string): DocBlock | undefined {
    if (packageName !== undefined) return this.#blocks.get(`doc.${packageName}.${name}`);
    return this.#blocks.get(`doc.${from}.${name}`) ?? this.#blocks.get(`doc.${root}.${name}`) ?? this.#byName.get(name);
  }

  names(): string[] {
    return [...this.#byName.keys()];
  }

  all(): readonly DocBlock[] {
    return [...this.#blocks.values()];
  }
}
