import nunjucks from "nunjucks";
import { flowYaml } from "./flow-yaml.ts";
import { firstLine, TemplateError } from "./template.ts";

// Tags of our own: the texts are full of dbt's `{{ ref() }}` and of workflows' `${{ }}`.
const environment = new nunjucks.Environment(null, {
  autoescape: false,
  throwOnUndefined: true,
  trimBlocks: true,
  lstripBlocks: true,
  tags: {
    blockStart: "<%",
    blockEnd: "%>",
    variableStart: "<$",
    variableEnd: "$>",
    commentStart: "<#",
    commentEnd: "#>",
  },
});
environment.addFilter("yaml", (value: unknown) => flowYaml(value));
environment.addFilter("ident", (name: string) => sqlName(name));
environment.addFilter("text", (value: string) => jinjaText(value));
environment.addFilter("literal", (value: string) => jinjaText(`'${value.replaceAll("'", "''")}'`));
environment.addFilter("string", (value: string) => `'${value.replace(/[\\']/g, "\\$&")}'`);

/** Fills in a template. Throws `TemplateError` for an undefined name or a mistake in the template. */
export function render(source: string, text: string, context: object): string {
  try {
    return environment.renderString(text, context);
  } catch (error) {
    const lines = (error instanceof Error ? error.message : String(error)).split("\n").map((l) => l.trim());
    throw new TemplateError(
      `${source}: ${lines.find((l) => l !== "" && !l.startsWith("(unknown path)")) ?? firstLine(error)}`,
    );
  }
}

const plain = /^[a-z_][a-z0-9_]*$/;
const quotedWords = new Set(
  `all and any as asc between by case cast check column constraint create cross current default desc distinct do else end except
   exists false fetch filter for foreign from full grant group having in inner insert intersect interval into is join key lateral
   left like limit natural not null offset on only or order outer over partition pivot primary qualify range references returning
   right row rows select set some table then to true union unique unpivot update user using values view when where window
   with`.split(/\s+/),
);

/** A column's name as SQL inside a dbt model: bare where that is safe in every engine, quoted otherwise. */
export const sqlName = (name: string): string =>
  plain.test(name) && !quotedWords.has(name) ? name : jinjaText(`"${name.replaceAll('"', '""')}"`);

/** Text inside a dbt model. What Jinja would take for a tag is written as a string of Jinja's. */
export function jinjaText(text: string): string {
  if (!/\{[{%#]/.test(text)) return text;
  const escaped = text.replace(/[\\"]/g, "\\$&").replaceAll("\n", String.raw`\n`);
  return `{{ "${escaped}" }}`;
}
