import type { Diagnostic } from "@meshwork/diagnostics";
import type { ModelConstraint } from "./model.ts";
import type { SourceText } from "./source-text.ts";
import { sqlCodes } from "./sql.codes.ts";
import { entryOf, itemsOf, textOf } from "./yaml.ts";
import type { YamlNode } from "./yaml.ts";

const types = ["not_null", "unique", "primary_key", "foreign_key", "check", "custom"] as const;

/** The `constraints:` of a model or a column. Those of an unknown type are reported and left out. */
export function readConstraints(
  owner: YamlNode | undefined,
  source: SourceText,
  diagnostics: Diagnostic[],
  where: string,
): readonly ModelConstraint[] {
  const found: ModelConstraint[] = [];
  for (const node of itemsOf(entryOf(owner, "constraints")?.value)) {
    const written = textOf(entryOf(node, "type")?.value);
    const at = entryOf(node, "type")?.value ?? node;
    const span = source.span(at.start, at.kind === "scalar" ? at.end : at.start + 1);
    const type = types.find((t) => t === written?.toLowerCase());
    if (type === undefined) {
      const value = written === undefined ? "missing" : `"${written}"`;
      const params = { key: "constraints.type", value, expected: types.join(", "), where };
      diagnostics.push(sqlCodes.create("bad-config", params, { span }));
      continue;
    }
    const texts = (key: string): string[] => itemsOf(entryOf(node, key)?.value).flatMap((c) => textOf(c) ?? []);
    const truth = (key: string): boolean => {
      const value = entryOf(node, key)?.value;
      return value?.kind === "scalar" && typeof value.value === "boolean" ? value.value : true;
    };
    found.push({
      type,
      name: textOf(entryOf(node, "name")?.value),
      expression: textOf(entryOf(node, "expression")?.value),
      columns: texts("columns"),
      to: textOf(entryOf(node, "to")?.value),
      toColumns: texts("to_columns"),
      warnUnsupported: truth("warn_unsupported"),
      warnUnenforced: truth("warn_unenforced"),
      place: span,
    });
  }
  return found;
}
