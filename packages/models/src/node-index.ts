import type { ProjectNode } from "./model.ts";

/** What a ref without further qualification may mean. */
export interface FoundNode {
  readonly node: ProjectNode | undefined;
  /** The versions of the model, where it has some. */
  readonly versions: readonly string[];
}

const byNumber = (a: string, b: string): number => Number(a) - Number(b) || (a < b ? -1 : 1);

/** Models, seeds and snapshots of all packages by name. */
export class NodeIndex {
  readonly #root: string;
  readonly #byPackage = new Map<string, Map<string, ProjectNode[]>>();
  readonly #anywhere = new Map<string, ProjectNode[]>();

  constructor(root: string) {
    this.#root = root;
  }

  add(node: ProjectNode): void {
    let names = this.#byPackage.get(node.package);
    if (names === undefined) this.#byPackage.set(node.package, (names = new Map()));
    for (const map of [names, this.#anywhere]) {
      const list = map.get(node.name);
      if (list === undefined) map.set(node.name, [node]);
      else list.push(node);
    }
  }

  /** The node of this name and version in one package. */
  in(packageName: string, name: string, version?: string): ProjectNode | undefined {
    return this.#byPackage
      .get(packageName)
      ?.get(name)
      ?.find((n) => n.version?.version === version);
  }

  hasPackage(name: string): boolean {
    return this.#byPackage.has(name);
  }

  /** dbt's way: the package that was named; else the asking one's own, the root project's, then anybody's. */
  find(name: string, from: string, packageName?: string, version?: string): FoundNode {
    const scopes =
      packageName === undefined
        ? [this.#byPackage.get(from), this.#byPackage.get(this.#root), this.#anywhere]
        : [this.#byPackage.get(packageName)];
    let versions: readonly string[] = [];
    for (const scope of scopes) {
      const list = scope?.get(name);
      if (list === undefined) continue;
      const [first] = list;
      if (first?.version !== undefined) versions = list.flatMap((n) => n.version?.version ?? []).sort(byNumber);
      const node =
        version === undefined
          ? (list.find((n) => n.version === undefined) ?? list.find((n) => n.version?.version === n.version?.latest))
          : list.find((n) => n.version?.version === version);
      if (node !== undefined) return { node, versions };
    }
    return { node: undefined, versions };
  }

  /** Everything that was added. */
  all(): ProjectNode[] {
    return [...this.#anywhere.values()].flat();
  }
}
