import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createEnvironment, defineFunction, fromPython, JinjaError, parseTemplate, str, toPython } from "./index.ts";
import type { Value } from "./index.ts";

interface Vector {
  readonly group: string;
  readonly name: string;
  readonly src: string;
  readonly ctx: Readonly<Record<string, unknown>>;
  readonly out?: string;
  /** The name of the Python exception. */
  readonly err?: string;
}

/** Prints its arguments: `f(1, b=2)` gives `f(1|b=2)`. */
const f = defineFunction("f", (args, kwargs) => {
  const named = Array.from(kwargs, ([key, value]) => `${key}=${str(value)}`);
  return `f(${args.map(str).join(",")}|${named.join(",")})`;
});

function render({ src, ctx }: Vector): string {
  const context = new Map<string, Value>([["f", f]]);
  for (const [key, value] of Object.entries(ctx)) context.set(key, toPython(value));
  return createEnvironment().render(parseTemplate(src, { name: "vector" }), context).text;
}

function load(file: string): Vector[] {
  return JSON.parse(readFileSync(new URL(`./testdata/${file}`, import.meta.url), "utf8")) as Vector[];
}

describe.each(["jinja-semantics.json", "dbt-constructs.json"])("%s", (file) => {
  it.each(load(file).map((vector) => [`${vector.group}: ${vector.name}`, vector] as const))("%s", (_name, vector) => {
    if (vector.err === undefined) expect(render(vector)).toBe(vector.out);
    else
      expect(() => render(vector)).toThrow(
        expect.toSatisfy((error) => error instanceof JinjaError && error.type === errorType(vector.err as string)),
      );
  });
});

/** jinja2's own names for what is one kind of error here. */
function errorType(python: string): string {
  return python === "TemplateSyntaxError" ? "SyntaxError" : python;
}

it("hands every context value back unchanged", () => {
  for (const { ctx } of load("jinja-semantics.json"))
    expect(JSON.stringify(fromPython(toPython(ctx)))).toBe(JSON.stringify(ctx));
});
