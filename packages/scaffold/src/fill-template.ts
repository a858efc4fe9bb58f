import type { Wanted } from "./file-plan.ts";
import { render } from "./render.ts";
import type { Template } from "./template.ts";
import { TemplateError } from "./template.ts";

/** Every file of a template, filled in. `marks` replace `{name}` in target paths. */
export function fillTemplate(
  template: Template,
  directory: string,
  marks: Readonly<Record<string, string>>,
  context: object,
  inputs: readonly unknown[] = [],
): Wanted[] {
  const withInputs = inputs.length > 0;
  return template.files
    .filter((f) => f.when === undefined || (f.when === "inputs") === withInputs)
    .map((f) => {
      const target = f.target.replace(/\{(\w+)\}/g, (_, mark: string) => {
        const value = Object.hasOwn(marks, mark) ? marks[mark] : undefined;
        if (value === undefined) throw new TemplateError(`${f.source}: its target has the unknown mark {${mark}}`);
        return value;
      });
      const path = target.startsWith("/") ? target.slice(1) : `${directory}/${target}`;
      return { path, content: tidy(render(f.source, f.text, context)), ownership: f.ownership };
    });
}

/** No trailing blanks, no run of blank lines that a skipped block left, one line end at the end. */
const tidy = (text: string): string =>
  `${text
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim()}\n`;
