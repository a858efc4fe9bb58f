import type { Diagnostic } from "@meshwork/diagnostics";
import { expect, it } from "vitest";
import type { ContractRule } from "../define-rule.ts";
import { readContract } from "../read.ts";

const HEAD = `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: facts, domain: orders, version: 1.0.0 }
spec:
`;

interface Cases {
  readonly valid: Readonly<Record<string, string>>;
  readonly invalid: Readonly<
    Record<string, { readonly yaml: string; readonly messages: readonly string[]; readonly fixed?: string; readonly related?: readonly number[] }>
  >;
}

const whole = (yaml: string): string => (yaml.includes("apiVersion:") ? yaml : HEAD + yaml);

function run(rule: ContractRule, text: string): readonly Diagnostic[] {
  const { value, source, diagnostics } = readContract({ file: "c.yaml", text });
  expect(diagnostics.filter((d) => d.severity === "error")).toEqual([]);
  return rule.run({ contract: value!, source, today: "2026-11-21" });
}

/**
 * `⟦ ⟧` marks what each finding points at, in order. A text without `apiVersion` is the inside of `spec`.
 * `fixed` is the marked text after its fixes; `related` are the lines of related places, as they count in the whole file.
 */
export function testRule(rule: ContractRule, cases: Cases): void {
  for (const [name, yaml] of Object.entries(cases.valid)) {
    it(`${rule.code} accepts ${name}`, () => expect(run(rule, whole(yaml)).map((d) => d.message)).toEqual([]));
  }
  for (const [name, { yaml, messages, fixed, related }] of Object.entries(cases.invalid)) {
    it(`${rule.code} reports ${name}`, () => {
      const { text, marks } = unmarked(whole(yaml));
      const found = run(rule, text);
      expect(found.map((d) => d.message)).toEqual(messages);
      expect(found.map(({ span: s }) => s && `${s.line}:${s.column}-${s.endLine}:${s.endColumn}`)).toEqual(marks);
      for (const each of found) {
        expect(each).toMatchObject({ code: `contract/${rule.code}`, help: expect.any(String), product: expect.stringContaining(".") });
      }
      if (fixed !== undefined) expect(repaired(text, found)).toBe(whole(fixed));
      if (related !== undefined) expect(found.flatMap((d) => d.related ?? []).map((r) => r.span.line)).toEqual(related);
    });
  }
}

function unmarked(marked: string): { text: string; marks: string[] } {
  const marks: string[] = [];
  let [text, start, line, column] = ["", "", 1, 1];
  for (const char of marked) {
    if (char === "⟦") start = `${line}:${column}`;
    else if (char === "⟧") marks.push(`${start}-${line}:${column}`);
    else {
      text += char;
      if (char === "\n") [line, column] = [line + 1, 1];
      else column++;
    }
  }
  return { text, marks };
}

/** Applies all fixes, last first, so that earlier places stay right. Fixes of the tests keep to one line. */
function repaired(text: string, found: readonly Diagnostic[]): string {
  const lines = text.split("\n");
  const edits = found.flatMap((d) => d.fixes ?? []).flatMap((fix) => fix.edits);
  for (const edit of edits.toSorted((a, b) => b.line - a.line || b.column - a.column)) {
    const line = lines[edit.line - 1]!;
    lines[edit.line - 1] = line.slice(0, edit.column - 1) + edit.text + line.slice(edit.endColumn - 1);
  }
  return lines.join("\n");
}
