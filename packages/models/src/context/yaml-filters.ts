import { fromPython, PythonError, toPython } from "@meshwork/jinja";
import type { Value } from "@meshwork/jinja";
import { dump } from "js-yaml";
import { parseYaml, valueOf } from "../yaml.ts";

/** `fromyaml`: data out of a text, the fallback where it cannot be read. */
export function fromYaml(text: string, fallback: Value | undefined): Value {
  const document = parseYaml(text);
  if (document.problems.some((p) => p.severity === "error")) {
    if (fallback !== undefined) return fallback;
    throw new PythonError("ValueError", `the YAML cannot be read: ${document.problems[0]!.message}`);
  }
  return document.root === undefined ? null : toPython(valueOf(document.root));
}

/** `toyaml`, in the block style that dbt's has. */
export const toYaml = (value: Value, sortKeys: boolean): string =>
  dump(fromPython(value), { sortKeys, noRefs: true, lineWidth: 80 });
