import { LineIndex } from "@meshwork/diagnostics";
import type { Path, Span } from "@meshwork/diagnostics";
import type { ContractSource } from "../source.ts";
import { parseYaml } from "./parse-yaml.ts";
import type { YamlFile } from "./parse-yaml.ts";
import { endOf, entryOf, toValue } from "./yaml-node.ts";
import type { YamlNode, YamlScalar } from "./yaml-node.ts";

interface Found {
  readonly key: YamlScalar | undefined;
  readonly node: YamlNode | undefined;
  readonly whole: boolean;
}

/** A YAML (or JSON) text and what stands where in it. The line index is built with the first question about a place. */
export class YamlSource implements ContractSource {
  readonly file: string;
  readonly text: string;
  readonly yaml: YamlFile;
  /** The document that paths start from: the first, until a reader picks another. */
  root: YamlNode | undefined;
  /** Where other dialects write what rules name in the keys of `datamesh.io/v1`. */
  places: ((path: Path) => Path) | undefined;
  #lines: LineIndex | undefined;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    this.yaml = parseYaml(text);
    this.root = this.yaml.documents[0];
  }

  authored(path: Path): Path {
    return this.places === undefined || this.#follow(path).whole ? path : this.places(path);
  }

  spanOf(path: Path, part: "key" | "value" = "value"): Span | undefined {
    const { key, node } = this.#find(path);
    return part === "key" && key !== undefined ? this.span(key.start, key.end) : this.spanOfNode(node, key);
  }

  valueAt(path: Path): unknown {
    const found = this.#find(path);
    return found.whole && found.node !== undefined ? toValue(found.node) : undefined;
  }

  /** Of a value; of its key where nothing is written. */
  spanOfNode(node: YamlNode | undefined, key?: YamlScalar): Span | undefined {
    if (node !== undefined && node.start >= 0) return this.span(node.start, endOf(node, this.text));
    return key === undefined ? undefined : this.span(key.start, key.end);
  }

  span(start: number, end: number): Span {
    this.#lines ??= new LineIndex(this.text);
    return this.#lines.span(this.file, start, end);
  }

  #find(path: Path): Found {
    const found = this.#follow(path);
    return found.whole || this.places === undefined ? found : this.#follow(this.places(path));
  }

  #follow(path: Path): Found {
    let node = this.root;
    let key: YamlScalar | undefined;
    for (const step of path) {
      const next = node === undefined ? undefined : childOf(node, step);
      if (next === undefined) return { key, node, whole: false };
      key = next.key;
      node = next.node;
    }
    return { key, node, whole: true };
  }
}

function childOf(node: YamlNode, step: string | number): { key: YamlScalar | undefined; node: YamlNode } | undefined {
  if (node.kind === "map") {
    const entry = entryOf(node, String(step));
    return entry === undefined ? undefined : { key: entry.key, node: entry.value };
  }
  const item = node.kind === "list" && typeof step === "number" ? node.items[step] : undefined;
  return item === undefined ? undefined : { key: undefined, node: item };
}
