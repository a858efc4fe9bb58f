import { describe, expect, it } from "vitest";
import {
  callValue,
  createEnvironment,
  defineFunction,
  defineObject,
  JinjaError,
  parseExpression,
  parseTemplate,
} from "./index.ts";
import type { EnvironmentOptions, Value } from "./index.ts";

const blockTags = {
  docs: { body: "raw" },
  materialization: { body: "template" },
  snapshot: { body: "template" },
  test: { body: "macro" },
} as const;

function caught(work: () => unknown): JinjaError {
  try {
    work();
  } catch (error) {
    if (error instanceof JinjaError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** What a template's error points at: the text between the marks must be its range. */
function pointsAt(marked: string, options: EnvironmentOptions = {}, context = new Map<string, Value>()): JinjaError {
  const offset = marked.indexOf("⟦");
  const endOffset = marked.indexOf("⟧") - 1;
  const source = marked.replace(/[⟦⟧]/g, "");
  const error = caught(() =>
    createEnvironment(options).render(parseTemplate(source, { name: "m.sql", blockTags }), context),
  );
  const shown = `${source.slice(0, error.offset)}⟦${source.slice(error.offset, error.endOffset)}⟧${source.slice(error.endOffset)}`;
  expect(shown).toBe(marked);
  expect([error.offset, error.endOffset]).toEqual([offset, endOffset]);
  const before = source.slice(0, offset);
  expect(error.line).toBe(before.split("\n").length);
  expect(error.column).toBe(offset - before.lastIndexOf("\n"));
  expect(error.place.name).toBe("m.sql");
  return error;
}

describe("syntax errors", () => {
  it.each([
    ["{% if a %}\nselect 1\n{% if b %}x{% endif %}\n⟦⟧", "if", 1, "endif"],
    ["select\n  {% for c in d %}\n{{ c }}⟦⟧", "for", 2, "endfor"],
    ["{% macro m() %}{% if x %}{% endif %}⟦⟧", "macro", 1, "endmacro"],
    ["{% set x %}\na⟦⟧", "set", 1, "endset"],
    ["a\n{% call m() %}b⟦⟧", "call", 2, "endcall"],
    ["{% if a %}{% else %}b⟦⟧", "if", 1, "endif"],
    ["{% snapshot s %}select 1⟦⟧", "snapshot", 1, "endsnapshot"],
    ["x {% docs d %} text {{ %} ⟦⟧", "docs", 1, "enddocs"],
    ["{% raw %} {{ x }}⟦⟧", "raw", 1, "endraw"],
    ["a {# never\nends⟦⟧", "{#", 1, "#}"],
    ["select {{ a\nfrom b⟦⟧", "{{", 1, "}}"],
  ])("%s points at its opener and the end", (source, tag, line, missing) => {
    const error = pointsAt(source);
    expect(error.opener).toMatchObject({ tag, line });
    expect(source.slice(error.opener?.offset)).toMatch(/^\{/);
    expect(error.message).toContain(missing);
  });

  it.each([
    ["{% ⟦iff⟧ a %}{% endif %}", ["if"]],
    ["{% if a %}{% ⟦endfi⟧ %}", ["endif"]],
    ["{% ⟦snapshto⟧ x %}{% endsnapshot %}", ["snapshot"]],
    ["{% ⟦materialisation⟧ x, default %}{% endmaterialization %}", ["materialization"]],
  ])("%s names the nearest tags", (source, candidates) => {
    const error = pointsAt(source);
    expect(error.candidates).toEqual(expect.arrayContaining(candidates));
    expect(error.message).toContain(`Did you mean "${candidates[0]}"?`);
  });

  it.each([
    ["{% if a %}\n{% ⟦endfor⟧ %}", "{% if %} of line 1 is open and needs {% endif %} first"],
    ["{% for a in b %}{% if c %}{% ⟦endfor⟧ %}", "{% if %} of line 1"],
    ["{% ⟦endif⟧ %}", "no block is open"],
    ["{% ⟦include⟧ 'x' %}", "use a macro"],
    ["{% ⟦break⟧ %}", "outside a loop"],
    ["{% for x in y %}{% macro m() %}{% ⟦continue⟧ %}{% endmacro %}{% endfor %}", "outside a loop"],
    ["{% if a %}{% ⟦snapshot⟧ s %}{% endsnapshot %}{% endif %}", "top level"],
    ["{{ (1 + [2⟦)⟧ }}", 'does not close "["'],
    ["{{ a⟦)⟧ }}", "closes nothing"],
    ["{{ f⟦(1, 2 }}⟧", "never closed"],
    ["{{ 1 + ⟦}}⟧", "Expected an expression"],
    ["{{ a ⟦b⟧ }}", 'an operator or "}}"'],
    ["{{ ⟦'abc }}⟧", "never closed"],
    ["{% set ⟦1⟧ = 2 %}", "Only names"],
    ["{{ a ⟦?⟧ b }}", 'Unexpected character "?"'],
    ["{% macro m(a, ⟦a⟧) %}{% endmacro %}", "declared twice"],
    ["{% call ⟦x⟧ %}{% endcall %}", "needs a call"],
    ["{{ ⟦'\\x1'⟧ }}", "incomplete escape"],
  ])("%s", (source, message) => {
    expect(pointsAt(source).message).toContain(message);
  });

  it("places errors of expressions", () => {
    const error = caught(() => parseExpression("1 +\n* 2", { name: "config" }));
    expect(error).toMatchObject({ type: "SyntaxError", line: 2, column: 1, place: { name: "config" } });
  });
});

describe("runtime errors", () => {
  it.each([
    ["a\n  {{ 1 + ⟦1 / 0⟧ }}", "division by zero"],
    ["{% set x = ⟦1 + 'a'⟧ %}", "unsupported operand"],
    ["{% if ⟦1 < 'a'⟧ %}{% endif %}", "not supported"],
    ["{{ ['a'] + [⟦nope.x⟧] }}", "'nope' is undefined"],
    ["{{ {'a': ⟦{}.b.c⟧} }}", "'dict object' has no attribute 'b'"],
    ["{% for x in ⟦5⟧ %}{% endfor %}", "not iterable"],
    ["{% for ⟦a, b⟧ in [[1]] %}{% endfor %}", "not enough values"],
    ["{{ [1]|⟦join(',', 'a', 3)⟧ }}", "takes at most"],
    ["{{ 1|⟦uper⟧ }}", 'Did you mean "upper"?'],
    ["{{ 1 is ⟦defind⟧ }}", 'Did you mean "defined"?'],
    ["{{ ⟦'%d' % 'a'⟧ }}", "real number"],
    ["{{ ⟦[].index(1)⟧ }}", "not in list"],
    ["{{ ⟦ref⟧('a') }}", "'ref' is undefined"],
  ])("%s", (source, message) => {
    expect(pointsAt(source).message).toContain(message);
  });

  it("names the nearest names for a call of an unknown one", () => {
    const context = new Map<string, Value>([["source", defineFunction("source", () => null)]]);
    const globals = new Map<string, Value>([["is_incremental", defineFunction("is_incremental", () => false)]]);
    expect(pointsAt("{{ ⟦sorce⟧('a') }}", {}, context)).toMatchObject({ unknownName: "sorce", candidates: ["source"] });
    expect(pointsAt("{% if ⟦is_incrementl⟧() %}{% endif %}", { globals })).toMatchObject({
      type: "UndefinedError",
      unknownName: "is_incrementl",
      candidates: ["is_incremental"],
    });
    expect(pointsAt("{% macro my_macro() %}{% endmacro %}{{ ⟦my_marco⟧() }}").candidates).toEqual(["my_macro"]);
  });

  it("knows the names of a package and of host objects", () => {
    const utils = defineObject("Package", { methods: { star: () => "*", pivot: () => "p" } });
    const context = new Map<string, Value>([["dbt_utils", utils]]);
    expect(pointsAt("{{ ⟦dbt_utils.start⟧() }}", {}, context)).toMatchObject({
      unknownName: "dbt_utils.start",
      candidates: ["dbt_utils.star"],
    });
  });

  it("carries the chain of macro calls, innermost first, over templates", () => {
    const library = parseTemplate(
      "{% macro inner(x) %}\n  {{ x.y.z }}\n{% endmacro %}\n{% macro outer(x) %}{{ inner(x) }}{% endmacro %}",
      { name: "macros/a.sql" },
    );
    const environment = createEnvironment();
    const scope = new Map<string, Value>();
    for (const definition of library.definitions) scope.set(definition.name, environment.macro(definition, scope));
    const model = parseTemplate("select\n  {{ outer({}) }}", { name: "models/m.sql" });
    const error = caught(() => environment.render(model, scope));
    expect(error.place).toMatchObject({ name: "macros/a.sql", line: 2, column: 6 });
    expect(error.frames.map(({ macro, place }) => [macro, place.name, place.line, place.column])).toEqual([
      ["inner", "macros/a.sql", 4, 24],
      ["outer", "models/m.sql", 2, 6],
    ]);
  });

  it("wraps what a host function throws, with the place of the call and the cause", () => {
    const cause = new Error("Relation is missing");
    const context = new Map<string, Value>([
      [
        "fail",
        defineFunction("fail", () => {
          throw cause;
        }),
      ],
    ]);
    const error = pointsAt("select 1\nfrom {{ ⟦fail(1)⟧ }}", {}, context);
    expect(error).toMatchObject({ type: "HostError", message: "Relation is missing", cause });
  });

  it("forgets an error's calls and place when the host catches it", () => {
    const environment = createEnvironment();
    const context = new Map<string, Value>([
      [
        "attempt",
        defineFunction("attempt", ([fn = null]) => {
          try {
            return callValue(fn);
          } catch {
            return "caught";
          }
        }),
      ],
    ]);
    const source = "{% macro bad() %}lost{{ 1 / 0 }}{% endmacro %}a{{ attempt(bad) }}b\n{{ nope.x }}";
    expect(environment.render(parseTemplate(source.split("\n")[0] as string, { name: "t" }), context).text).toBe(
      "acaughtb",
    );
    const error = caught(() => environment.render(parseTemplate(source, { name: "t" }), context));
    expect(error).toMatchObject({ line: 2, column: 4, frames: [] });
  });

  it("has three ways with undefined values, and calling one fails in all", () => {
    const render = (source: string, behaviour: "default" | "lenient" | "strict"): string =>
      createEnvironment({ undefined: behaviour }).render(parseTemplate(source, { name: "t" }), new Map()).text;
    expect(render("[{{ a }}]", "default")).toBe("[]");
    expect(() => render("{{ a.b }}", "default")).toThrow("'a' is undefined");
    expect(render("[{{ a.b['c'].d }}{{ {}.x.y }}]", "lenient")).toBe("[]");
    expect(() => render("[{{ a }}]", "strict")).toThrow("'a' is undefined");
    expect(() => render("{% if a %}{% endif %}", "strict")).toThrow("'a' is undefined");
    expect(render("{{ a is defined }}{{ a|default('d') }}", "strict")).toBe("Falsed");
    for (const behaviour of ["default", "lenient", "strict"] as const) {
      expect(() => render("{{ a() }}", behaviour)).toThrow("cannot be called");
      expect(() => render("{{ {}.a() }}", behaviour)).toThrow("cannot be called");
    }
  });
});
