import type { Diagnostic, Fix } from "@meshwork/diagnostics";
import type { SourceText } from "./source-text.ts";
import { sqlCodes } from "./sql.codes.ts";
import type { YamlEntry, YamlNode } from "./yaml.ts";

/** A fix that replaces one stretch of a file. */
function replacing(source: SourceText, start: number, end: number, text: string, title: string): readonly Fix[] {
  const { line, column, endLine, endColumn } = source.span(start, end);
  return [{ title, edits: [{ line, column, endLine, endColumn, text }], safe: true }];
}

const written = (source: SourceText, entry: YamlEntry): boolean =>
  source.text.slice(entry.start, entry.start + entry.key.length) === entry.key;

/** A setting of `dbt_project.yml` without its plus: a folder of that name would be taken for it. */
export function settingWithoutPlus(source: SourceText, entry: YamlEntry): Diagnostic {
  const span = source.span(entry.start, entry.end);
  const what = `Settings in dbt_project.yml begin with "+"`;
  const fixes = written(source, entry)
    ? replacing(source, entry.start, entry.start, "+", `write +${entry.key}`)
    : undefined;
  return sqlCodes.create("deprecated", { what }, { span, fixes, help: `write +${entry.key}` });
}

/** A key of `dbt_project.yml` that has another name since dbt 1.0. */
export function renamedKey(source: SourceText, entry: YamlEntry, name: string): Diagnostic {
  const span = source.span(entry.start, entry.end);
  const fixes = written(source, entry)
    ? replacing(source, entry.start, entry.start + entry.key.length, name, `replace "${entry.key}" with "${name}"`)
    : undefined;
  return sqlCodes.create(
    "deprecated",
    { what: `"${entry.key}" is called "${name}"` },
    { span, fixes, help: `write ${name}` },
  );
}

/** Arguments of a generic test beside its name and config in place of below `arguments:`. */
export function argumentsBeside(source: SourceText, body: YamlNode, args: readonly YamlEntry[]): Diagnostic {
  const first = args[0]!;
  const span = source.span(first.start, first.end);
  const what = `Arguments of a test stand below "arguments:"`;
  return sqlCodes.create(
    "deprecated",
    { what },
    { span, fixes: wrapped(source, body, args), help: "put them below arguments:" },
  );
}

/** Only where the arguments follow each other without anything between them, so that nothing else moves. */
function wrapped(source: SourceText, body: YamlNode, args: readonly YamlEntry[]): readonly Fix[] | undefined {
  if (body.kind !== "map") return undefined;
  const at = body.entries.indexOf(args[0]!);
  if (at < 0 || args.some((a, i) => body.entries[at + i] !== a)) return undefined;
  const start = args[0]!.start;
  const end = closed(source.text, start, args.at(-1)!.value.end);
  if (end === undefined) return undefined;
  const text = source.text.slice(start, end);
  if (end <= start || /[#&*]|<<|\t/.test(text)) return undefined;
  const title = "put the arguments below arguments:";
  if (source.text[body.start] === "{") return replacing(source, start, end, `arguments: {${text}}`, title);
  const indent = " ".repeat(source.span(start, start).column - 1);
  const inner = text.split("\n").join("\n  ");
  return replacing(source, start, end, `arguments:\n${indent}  ${inner}`, title);
}

/** The end moved behind the brackets that are open there; nothing where something else comes first. */
function closed(text: string, start: number, end: number): number | undefined {
  let depth = 0;
  for (const char of text.slice(start, end).replace(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/g, "")) {
    if (char === "[" || char === "{") depth++;
    else if (char === "]" || char === "}") depth--;
  }
  let at = end;
  for (; depth > 0; at++) {
    const char = text[at];
    if (char === "]" || char === "}") depth--;
    else if (char === undefined || !/[\s,"']/.test(char)) return undefined;
  }
  return at;
}

/** A name that later versions of dbt refuse. */
export const spaceInName = (kind: string, name: string, source: SourceText): Diagnostic =>
  sqlCodes.create(
    "deprecated",
    { what: `The ${kind} "${name}" has a space in its name, which later versions refuse` },
    { span: source.top(), help: "rename the file" },
  );
