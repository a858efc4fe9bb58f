import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";

/** What was found in a text, by the text's hash: a file that did not change is never read apart again. */
export class FactCache<T> {
  readonly #file: string;
  readonly #known: Map<string, T>;
  readonly #used = new Map<string, T>();
  #changed = false;

  /** `shape` names the form of the facts: another form, another file. */
  constructor(root: string, shape: string) {
    this.#file = join(dataDirectory(root), `meshwork-${shape}.json`);
    this.#known = load<T>(this.#file);
  }

  /** The facts of a text. Errors are told each time and never kept. */
  async of(text: string, find: (text: string) => Promise<T | undefined> | T | undefined): Promise<T | undefined> {
    const key = createHash("sha1").update(text).digest("base64url");
    const known = this.#known.get(key);
    if (known !== undefined) {
      this.#used.set(key, known);
      return known;
    }
    const found = await find(text);
    if (found === undefined) return undefined;
    this.#changed = true;
    this.#known.set(key, found);
    this.#used.set(key, found);
    return found;
  }

  /** Keeps what was asked for, so that the file does not grow; a folder that cannot be written costs time only. */
  save(): void {
    if (!this.#changed && this.#used.size === this.#known.size) return;
    try {
      mkdirSync(join(this.#file, ".."), { recursive: true });
      const draft = `${this.#file}.${process.pid}.tmp`;
      writeFileSync(draft, JSON.stringify(Object.fromEntries(this.#used)));
      renameSync(draft, this.#file);
    } catch {
      return;
    }
  }
}

function load<T>(file: string): Map<string, T> {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(file, "utf8")) as Record<string, T>));
  } catch {
    return new Map();
  }
}

/** Nx's own folder for what it works out about a workspace (its environment variables, then its default). */
function dataDirectory(root: string): string {
  const named = process.env["NX_WORKSPACE_DATA_DIRECTORY"] ?? process.env["NX_PROJECT_GRAPH_CACHE_DIRECTORY"];
  if (named) return isAbsolute(named) ? named : join(root, named);
  return join(root, ".nx/workspace-data");
}
