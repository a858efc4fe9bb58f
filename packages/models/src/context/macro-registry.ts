import type { Definition } from "@meshwork/jinja";
import type { MacroInfo } from "../model.ts";

export interface MacroEntry {
  readonly info: MacroInfo;
  readonly definition: Definition;
}

/** The package of macros that every project has. */
export const builtinPackage = "dbt";

/** Macros by package and name, and where dbt looks for them. */
export class MacroRegistry {
  readonly root: string;
  readonly #packages = new Map<string, Map<string, MacroEntry>>();
  readonly #dispatch: ReadonlyMap<string, readonly string[]>;
  #materializations: readonly string[] | undefined;
  #strategies: readonly string[] | undefined;

  constructor(root: string, dispatch: ReadonlyMap<string, readonly string[]>) {
    this.root = root;
    this.#dispatch = dispatch;
  }

  /** The entry that had the name before, which stays. */
  add(entry: MacroEntry): MacroEntry | undefined {
    let macros = this.#packages.get(entry.info.package);
    if (macros === undefined) this.#packages.set(entry.info.package, (macros = new Map()));
    const before = macros.get(entry.info.name);
    if (before === undefined) macros.set(entry.info.name, entry);
    return before;
  }

  /** Adds what a properties file says of a macro. */
  describe(packageName: string, name: string, said: Partial<MacroInfo>): void {
    const macros = this.#packages.get(packageName);
    const entry = macros?.get(name);
    if (entry !== undefined) macros!.set(name, { ...entry, info: { ...entry.info, ...said } });
  }

  /** A name without a package: the asking package's own, the root project's, then dbt's. */
  find(name: string, from: string): MacroEntry | undefined {
    return this.in(from, name) ?? this.in(this.root, name) ?? this.in(builtinPackage, name);
  }

  in(namespace: string, name: string): MacroEntry | undefined {
    if (namespace === builtinPackage && this.#later?.names.has(name) === true) this.#loadLater();
    return this.#packages.get(namespace)?.get(name);
  }

  #later: { readonly names: ReadonlySet<string>; load(): void } | undefined;

  /** Built-in macros that few projects call: they are read when one of their names is first asked for. */
  later(names: ReadonlySet<string>, load: () => void): void {
    this.#later = { names, load };
  }

  #loadLater(): void {
    const later = this.#later;
    this.#later = undefined;
    later?.load();
  }

  hasPackage(namespace: string): boolean {
    return this.#packages.has(namespace);
  }

  /** The packages, by name; for candidates. */
  packages(): readonly string[] {
    return [...this.#packages.keys()].sort();
  }

  names(namespace: string): readonly string[] {
    return [...(this.#packages.get(namespace)?.keys() ?? [])];
  }

  /** Everything that a name without a package may mean. */
  reachable(from: string): string[] {
    return [...new Set([...this.names(from), ...this.names(this.root), ...this.names(builtinPackage)])];
  }

  all(): MacroEntry[] {
    return [...this.#packages.values()].flatMap((macros) => [...macros.values()]);
  }

  /** Names of `{% materialization %}` blocks of the project and its packages. */
  materializations(): readonly string[] {
    this.#materializations ??= this.#suffixes(/^materialization_(.+)_[^_]+$/);
    return this.#materializations;
  }

  /** Names that a macro `get_incremental_<name>_sql` gives a meaning. */
  strategies(): readonly string[] {
    this.#strategies ??= this.#suffixes(/^get_incremental_(.+)_sql$/);
    return this.#strategies;
  }

  #suffixes(pattern: RegExp): readonly string[] {
    return [...new Set(this.all().flatMap((m) => pattern.exec(m.info.name)?.[1] ?? []))].sort();
  }

  /** The project's own macro in the place of one of dbt's, or one of a package that `dispatch:` puts before dbt. */
  own(name: string, adapter: string): MacroEntry | undefined {
    const plain = this.in(this.root, name);
    if (plain !== undefined) return plain;
    for (const where of this.#dispatch.get(builtinPackage) ?? [this.root]) {
      if (where === builtinPackage) return undefined;
      for (const prefix of [`${adapter}__`, "default__"]) {
        const found = this.in(where, prefix + name);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  /** `adapter.dispatch`: the engine's variant first, then `default__`, package by package. */
  dispatch(name: string, namespace: string | undefined, adapter: string, from: string): MacroEntry | undefined {
    const order =
      namespace === undefined
        ? [from, this.root, builtinPackage]
        : (this.#dispatch.get(namespace) ?? [this.root, namespace, builtinPackage]);
    for (const where of order) {
      for (const prefix of [`${adapter}__`, "default__"]) {
        const found = this.in(where, prefix + name);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }
}
