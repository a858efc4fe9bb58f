import type { Path } from "@meshwork/diagnostics";
import { items, mapping } from "../json/json-document.ts";

/** A schema with its place in the document. */
export interface Placed {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly path: Path;
  /** References that lead here: one that comes again is a circle. */
  readonly through: readonly string[];
}

export type Resolved =
  | { readonly ok: true; readonly placed: Placed }
  | { readonly ok: false; readonly reason: "cycle" | "missing" | "elsewhere"; readonly reference: string };

/** Follows references inside one document; nothing else is opened. */
export class References {
  readonly #root: Readonly<Record<string, unknown>>;
  #named: Map<string, Path> | undefined;

  constructor(root: Readonly<Record<string, unknown>>) {
    this.#root = root;
  }

  follow(reference: string, from: Placed): Resolved {
    if (from.through.includes(reference)) return { ok: false, reason: "cycle", reference };
    const path = this.#pathOf(reference);
    if (path === undefined) return { ok: false, reason: "elsewhere", reference };
    let value: unknown = this.#root;
    for (const step of path) value = typeof step === "number" ? items(value)[step] : own(value, step);
    const schema = value === true ? {} : mapping(value);
    if (schema === undefined) return { ok: false, reason: "missing", reference };
    return { ok: true, placed: { schema, path, through: [...from.through, reference] } };
  }

  #pathOf(reference: string): Path | undefined {
    if (reference === "#" || reference === "") return [];
    const [base, fragment] = split(reference);
    if (base !== "" && base !== this.#root["$id"] && !this.#names().has(base)) return undefined;
    const start = base === "" || base === this.#root["$id"] ? [] : this.#names().get(base)!;
    if (fragment === undefined) return start;
    if (!fragment.startsWith("/")) return this.#names().get(`#${fragment}`);
    const steps = fragment
      .slice(1)
      .split("/")
      .map((step) => decoded(step).replaceAll("~1", "/").replaceAll("~0", "~"));
    return [...start, ...this.#typed(start, steps)];
  }

  /** Steps through lists are numbers. */
  #typed(start: Path, steps: readonly string[]): Path {
    let value: unknown = this.#root;
    for (const step of start) value = typeof step === "number" ? items(value)[step] : own(value, step);
    return steps.map((step) => {
      const index = Array.isArray(value) && /^\d+$/.test(step) ? Number(step) : step;
      value = typeof index === "number" ? items(value)[index] : own(value, index);
      return index;
    });
  }

  /** Schemas that have a name of their own: `$id`, `$anchor`. Looked for where definitions stand. */
  #names(): Map<string, Path> {
    if (this.#named !== undefined) return this.#named;
    const named = (this.#named = new Map<string, Path>());
    for (const key of ["$defs", "definitions"]) {
      for (const [name, value] of Object.entries(mapping(this.#root[key]) ?? {})) {
        const schema = mapping(value);
        const [id, anchor] = [schema?.["$id"], schema?.["$anchor"]];
        if (typeof id === "string") named.set(id, [key, name]);
        if (typeof anchor === "string") named.set(`#${anchor}`, [key, name]);
      }
    }
    return named;
  }
}

const own = (value: unknown, key: string): unknown => {
  const map = mapping(value);
  return map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
};

function split(reference: string): [base: string, fragment: string | undefined] {
  const at = reference.indexOf("#");
  return at === -1 ? [reference, undefined] : [reference.slice(0, at), reference.slice(at + 1)];
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
