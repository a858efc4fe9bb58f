import { nearest, palette } from "@meshwork/diagnostics";
import type { KnownCode } from "@meshwork/workspace";
import type { Command } from "../command.ts";
import { UsageError } from "../command.ts";
import { table } from "../table.ts";

/** A heading for each category, its codes below. */
function byCategory(codes: readonly KnownCode[], bold: (text: string) => string): string[] {
  const lines = table(codes.map((c) => [c.code, c.severity, c.what]));
  const names = [...new Set(codes.map((c) => c.category))];
  return names.flatMap((name, i) => [
    ...(i > 0 ? [""] : []),
    bold(name),
    ...lines.filter((_, at) => codes[at]!.category === name),
  ]);
}

export const explainCommand: Command = {
  name: "explain",
  arguments: "[code]",
  summary: "What a code means, why, and an example of each kind.",
  examples: ["mesh explain", "mesh explain contract/unknown-column"],
  options: [],
  async run([code], _, context) {
    const { allCodes, explain } = await import("@meshwork/workspace/operations");
    if (code === undefined) {
      const codes = await allCodes();
      return {
        exitCode: 0,
        diagnostics: [],
        summary: { codes: codes.length },
        results: codes.map(({ code: name, severity, category, what }) => ({ code: name, severity, category, what })),
        lines: byCategory(codes, palette(context.color).bold),
        closing: `${codes.length} codes`,
      };
    }
    const page = await explain(code);
    if (!page) {
      const near = nearest(
        code,
        (await allCodes()).map((c) => c.code),
      )[0];
      throw new UsageError(`No rule "${code}".${near ? ` Did you mean ${near}?` : ""}\nmesh explain lists all codes.`);
    }
    const c = palette(context.color);
    const lines = [`${c.bold(page.code)}: ${page.severity}`, `what   ${page.what}`];
    for (const [heading, label] of [
      ["why", "why"],
      ["wrong", "wrong"],
      ["right", "right"],
      ["grade", "grade"],
    ] as const) {
      const text = page.sections.get(heading);
      if (!text) continue;
      const body = text
        // Fences are markup; the name of the file that an example stands in is not.
        .replace(/^```\S*[^\S\n]*(?:title=(\S+))?[^\n]*\n/gm, (_, file: string | undefined) =>
          file ? `-- ${file}\n` : "",
        )
        .replace(/^```$\n*/gm, "")
        .trimEnd()
        .split("\n");
      lines.push(...body.map((line, i) => `${(i === 0 ? label : "").padEnd(6)} ${line}`.trimEnd()));
    }
    return {
      exitCode: 0,
      diagnostics: [],
      summary: {},
      results: { code: page.code, severity: page.severity, text: page.text },
      lines,
      closing: "",
    };
  },
};
