import { Reader } from "./reader.ts";
import type { YamlProblem } from "./parse-yaml.ts";
import type { YamlMap } from "./yaml-node.ts";
import { YamlSource } from "./yaml-source.ts";

export interface OpenFile {
  readonly reader: Reader;
  /** Each document that is a map, in order. */
  readonly documents: readonly YamlMap[];
}

/** Parses a text and reports what is wrong with it as YAML. */
export function openFile(source: { readonly file: string; readonly text: string }): OpenFile {
  const opened = source instanceof YamlSource ? source : new YamlSource(source.file, source.text);
  const reader = new Reader(opened);
  const { documents, problems } = opened.yaml;
  for (const problem of problems) reportProblem(reader, problem);
  const maps = documents.filter((document) => document.kind === "map");
  const other = documents.find(
    (document) => document.kind === "list" || (document.kind === "scalar" && document.value !== null),
  );
  if (maps.length === 0 && problems.length === 0) {
    if (other === undefined) reader.report("empty", { file: opened.file }, [], () => opened.span(0, 0));
    else {
      const found = other.kind === "list" ? "a list" : "a single value";
      reader.report("not-a-mapping", { found }, [], () => opened.spanOfNode(other) ?? opened.span(0, 0));
    }
  }
  return { reader, documents: maps };
}

function reportProblem(reader: Reader, problem: YamlProblem): void {
  const { start, end } = problem;
  const { source } = reader;
  const place = () => source.span(start, end);
  switch (problem.kind) {
    case "not-text":
    case "too-large":
      reader.report(problem.kind, { what: problem.what }, [], place);
      break;
    case "not-yaml":
      reader.report("not-yaml", { reason: problem.reason }, [], place);
      break;
    case "alias-limit":
      reader.report("alias-limit", { alias: problem.alias }, [], place);
      break;
    case "duplicate-key": {
      const { first } = problem;
      reader.report("duplicate-key", { key: problem.key }, [], place, {
        related: () => [{ message: "first here", span: source.span(Math.max(0, first.start), Math.max(0, first.end)) }],
      });
      break;
    }
  }
}
