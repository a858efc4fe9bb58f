import { describe, expect, it } from "vitest";
import {
  callValue,
  createEnvironment,
  defineFunction,
  defineObject,
  findCalls,
  fromPython,
  parseLiteral,
  parseTemplate,
  PyDict,
  PyFloat,
  PyTuple,
  returnValue,
  toPython,
} from "./index.ts";
import type { Callable, ParseOptions, Value } from "./index.ts";

const blockTags = {
  docs: { body: "raw" },
  materialization: { body: "template" },
  snapshot: { body: "template" },
  test: { body: "macro" },
} as const satisfies ParseOptions["blockTags"];
const parse = (source: string, name = "t"): ReturnType<typeof parseTemplate> =>
  parseTemplate(source, { name, blockTags });
const environment = createEnvironment();

describe("definitions", () => {
  it("lists dbt's blocks with their arguments, parameters and places", () => {
    const source = `{%- macro star(from, except=[], prefix='p' ~ 'q', other=from.name) -%} x {%- endmacro %}
{% materialization incremental, adapter='duckdb', supported_languages=['sql', 'python'] %}m{% endmaterialization %}
{% materialization table, default %}t{% endmaterialization %}
{% test not_null(model, column_name) %}select 1{% endtest %}
{% snapshot orders_snapshot %} {{ config(a=1) }} {% endsnapshot %}
{% docs overview %}{{ not jinja }} {% nor this {% enddocs %}`;
    const { definitions } = parse(source);
    expect(definitions.map(({ tag, name }) => [tag, name])).toEqual([
      ["macro", "star"],
      ["materialization", "incremental"],
      ["materialization", "table"],
      ["test", "not_null"],
      ["snapshot", "orders_snapshot"],
      ["docs", "overview"],
    ]);
    const [star, incremental, table, notNull, snapshot, docs] = definitions;
    expect(star?.parameters.map(({ name, default: value }) => [name, value?.constant, value?.source])).toEqual([
      ["from", undefined, undefined],
      ["except", [], "[]"],
      ["prefix", "pq", "'p' ~ 'q'"],
      ["other", undefined, "from.name"],
    ]);
    expect(Array.from(incremental?.kwargs ?? [], ([key, value]) => [key, value.constant])).toEqual([
      ["adapter", "duckdb"],
      ["supported_languages", ["sql", "python"]],
    ]);
    expect(table?.args.map((argument) => argument.constant)).toEqual(["default"]);
    expect(notNull?.parameters.map((parameter) => parameter.name)).toEqual(["model", "column_name"]);
    expect(snapshot?.body).toBe(" {{ config(a=1) }} ");
    expect(docs?.body).toBe("{{ not jinja }} {% nor this ");
    for (const definition of definitions) {
      expect(source.slice(definition.offset, definition.endOffset)).toMatch(/^\{%-?\s*\w+.*%\}$/s);
      expect(source.slice(definition.nameOffset)).toMatch(new RegExp(`^${definition.name}`));
      expect(source.slice(definition.bodyOffset, definition.bodyOffset + definition.body.length)).toBe(definition.body);
    }
  });

  it("reads Markdown around docs blocks without reading it as a template", () => {
    const source =
      "# Title {#anchor}\n{{ not read {% nor this\n{# {% docs no %}{% enddocs %} #}\n{% docs a %}one{% enddocs %}\n{%- docs b -%} two {%- enddocs -%}";
    const { definitions } = parseTemplate(source, { name: "r.md", blockTags, outside: "text" });
    expect(definitions.map(({ name, body }) => [name, body])).toEqual([
      ["a", "one"],
      ["b", " two "],
    ]);
  });

  it("reads on after a macro inside a macro when the outside is text", () => {
    const source = "x {% if %} {% macro a() %}{% macro b() %}1{% endmacro %}{{ b() }}2{% endmacro %} {{ y %}";
    const { definitions } = parseTemplate(source, { name: "m", outside: "text" });
    const [a] = definitions;
    expect(definitions).toHaveLength(1);
    expect(a && callValue(environment.macro(a, new Map()))).toBe("12");
  });

  it("writes nothing for a definition and renders its body alone when asked", () => {
    const template = parse("a{% snapshot s %} select {{ x }} {% endsnapshot %}b");
    const context = new Map<string, Value>([["x", 1]]);
    expect(environment.render(template, context).text).toBe("ab");
    const [snapshot] = template.definitions;
    expect(snapshot && environment.render(snapshot, context).text).toBe(" select 1 ");
  });
});

describe("macros as values", () => {
  const scope = new Map<string, Value>();
  const library = parse(`
{% macro add(a, b=10) %}{{ return(a + b) }}{% endmacro %}
{% macro shout(text) %}{{ text|upper }}!{% endmacro %}
{% macro nested() %}before{% do return({'k': [add(1), add(1, b=2)]}) %}after{% endmacro %}
{% macro wrap() %}<{{ caller() }}>{% endmacro %}
{% macro through() %}{% call wrap() %}{{ return('early') }}{% endcall %}late{% endmacro %}
{% macro loops() %}{% for i in range(5) %}{% if i == 3 %}{% do return(i) %}{% endif %}{% endfor %}{% endmacro %}
{% macro where() %}{{ package }}{{ secret is defined }}{% endmacro %}`);
  scope.set(
    "return",
    defineFunction("return", ([value = null]) => returnValue(value)),
  );
  scope.set("package", "own");
  for (const definition of library.definitions) scope.set(definition.name, environment.macro(definition, scope));
  const call = (name: string, ...args: Value[]): Value => callValue(scope.get(name) as Callable, args);

  it("are called from TypeScript and give text, or what return() gave", () => {
    expect(call("add", 1)).toBe(11);
    expect(call("shout", "hey")).toBe("HEY!");
    expect(
      callValue(
        scope.get("add") as Callable,
        [],
        new Map([
          ["a", 1],
          ["b", 1],
        ]),
      ),
    ).toBe(2);
    expect(fromPython(call("nested"))).toEqual(Object.assign(Object.create(null), { k: [11, 3] }));
    expect(call("loops")).toBe(3);
  });

  it("are called from templates", () => {
    const text = environment.render(parse("{{ add(1) + 1 }} {{ shout('a') }} {{ nested().k[1] }}"), scope).text;
    expect(text).toBe("12 A! 3");
  });

  it("end at return() in a call block's body, as the macro that calls the body", () => {
    expect(call("through")).toBe("earlylate");
  });

  it("see their own scope and not the caller's", () => {
    const context = new Map<string, Value>([
      ["secret", 1],
      ["package", "caller's"],
      ["m", scope.get("where") as Callable],
    ]);
    expect(environment.render(parse("{% set secret = 2 %}{{ m() }}"), context).text).toBe("ownFalse");
  });

  it("leave nothing behind after return()", () => {
    const text = environment.render(
      parse("a{{ loops() }}b{% set x %}{{ nested().k }}{% endset %}{{ x }}c"),
      scope,
    ).text;
    expect(text).toBe("a3b[11, 3]c");
  });

  it("may be given to and called by host functions while a template renders", () => {
    const context = new Map<string, Value>(scope);
    context.set(
      "twice",
      defineFunction("twice", ([fn = null, value = null]) => callValue(fn, [callValue(fn, [value])])),
    );
    expect(environment.render(parse("{{ twice(shout, 'a') }}"), context).text).toBe("A!!");
  });

  it("fail for return() outside a macro", () => {
    expect(() => environment.render(parse("{{ return(1) }}"), scope)).toThrow("return() works only inside a macro");
  });
});

describe("native values", () => {
  const context = new Map<string, Value>([
    ["n", 3],
    ["list", [1, 2]],
  ]);
  it.each([
    ["{{ n }}", 3],
    ["{{ list }}", [1, 2]],
    ["{{ none }}", null],
    [" {{ n }}", " 3"],
    ["{{ n }}{{ n }}", "33"],
    ["{% set x = n + 1 %}{{ x }}", 4],
    ["{% if n %}{{ n }}{% endif %}", 3],
    ["text", "text"],
    ["", ""],
    ["{% set x %}{{ n }}{% endset %}{{ x }}", "3"],
  ])("%s", (source, value) => {
    expect(environment.renderNative(parse(source), context)).toEqual(value);
  });

  it("evaluates expressions", () => {
    expect(environment.evaluate("n * 2 if list else 0", context)).toBe(6);
    expect(environment.evaluate("1 / 2", context)).toEqual(new PyFloat(0.5));
    expect(environment.evaluate("(1, 'a')", context)).toEqual(new PyTuple([1, "a"]));
  });

  it("reads literals and nothing else", () => {
    expect(fromPython(parseLiteral("[1, -2.5, 'a', {'b': (None, True)}]") ?? null)).toEqual([
      1,
      -2.5,
      "a",
      Object.assign(Object.create(null), { b: [null, true] }),
    ]);
    for (const text of ["f()", "a", "[x]", "1 +", "{[]: 1}", ""]) expect(parseLiteral(text)).toBeUndefined();
  });
});

describe("the border", () => {
  it("turns values over both ways", () => {
    const value = { a: [1, 1.5, "x", null, true], "10": { nested: 2n ** 70n }, "2": -0 };
    expect(fromPython(toPython(value))).toEqual(
      Object.assign(Object.create(null), {
        "2": -0,
        "10": Object.assign(Object.create(null), { nested: 2n ** 70n }),
        a: value.a,
      }),
    );
    expect(toPython(2)).toBe(2);
    expect(toPython(2.5)).toEqual(new PyFloat(2.5));
    expect(toPython(new Map([[1, "a"]]))).toEqual(new PyDict([[1, "a"]]));
    expect(toPython(5n)).toBe(5);
    expect(toPython(undefined)).toBeNull();
  });

  it("lets host objects take part in operators, loops and printing", () => {
    const day = (n: number): Value =>
      defineObject("Day", {
        attributes: { number: n, next: () => day(n + 1) },
        text: () => `day ${n}`,
        equals: (other) => typeof other === "object" && String(other) !== "" && sameDay(other, n),
        compare: (other) => (typeof other === "number" ? n - other : undefined),
        binary: (operator, other, reversed) =>
          operator === "+" && typeof other === "number" && !reversed ? day(n + other) : undefined,
        iterate: () => [n, n + 1],
        item: (key) => (key === 0 ? n : undefined),
        length: () => 2,
        call: ([by = 0]) => day(n * Number(by)),
      });
    const sameDay = (other: Value, n: number): boolean =>
      environment.evaluate("o.number", new Map([["o", other]])) === n;
    const context = new Map<string, Value>([["d", day(3)]]);
    const source =
      "{{ d }} {{ d + 1 }} {{ d > 2 }} {{ d == d.next }} {{ d|list }} {{ d[0] }} {{ d|length }} {{ d(2) }} {{ [d] }} {{ d.next.number }}";
    expect(environment.render(parse(source), context).text).toBe("day 3 day 4 True False [3, 4] 3 2 day 6 [day 3] 4");
    expect(() => environment.render(parse("{{ 1 + d }}"), context)).toThrow("unsupported operand");
  });

  it("takes filters, tests and globals, the context before the globals", () => {
    const own = createEnvironment({
      globals: new Map<string, Value>([
        ["a", "global"],
        ["b", "global"],
      ]),
      filters: new Map([["as_number", (value: Value) => parseLiteral(String(value)) ?? null]]),
      tests: new Map([["tiny", (value: Value) => typeof value === "number" && value < 3]]),
    });
    const text = own.render(
      parse("{{ a }} {{ b }} {{ '4'|as_number + 1 }} {{ 2 is tiny }} {{ ['1']|map('as_number')|list }}"),
      new Map([["a", "context"]]),
    ).text;
    expect(text).toBe("context global 5 True [1]");
  });
});

describe("findCalls", () => {
  const source = `{{ config(materialized='table', tags=['a']) }}
select * from {{ ref('orders') }} join {{ ref('pkg', name, v=2) }}
{% if false %}{{ source('a', 'b' ~ 'c') }}{% endif %}
{% macro m() %}{{ dbt_utils.star(from=ref('inner'), *x) }}{% endmacro %}
{% set y = [ref('in_list')] %}{{ 'ref("no")' }} {# ref('no') #} {{ 1 is ref('no') }} {{ a.ref('no') }}`;
  const template = parse(source);

  it("finds constant arguments and says which are not", () => {
    const calls = findCalls(template, new Set(["ref", "source", "config", "dbt_utils.star"]));
    expect(
      calls.map((call) => [call.name, call.args.map((arg) => arg.constant), call.constant, call.inside?.name]),
    ).toEqual([
      ["config", [], true, undefined],
      ["ref", ["orders"], true, undefined],
      ["ref", ["pkg", undefined], false, undefined],
      ["source", ["a", "bc"], true, undefined],
      ["dbt_utils.star", [undefined], false, "m"],
      ["ref", ["inner"], true, "m"],
      ["ref", ["in_list"], true, undefined],
    ]);
    expect(calls[0]?.kwargs.get("tags")?.constant).toEqual(["a"]);
    for (const call of calls) expect(source.slice(call.offset, call.endOffset)).toMatch(/^[\w.]+\(.*\)$/);
    expect(source.slice(calls[1]?.args[0]?.offset, calls[1]?.args[0]?.endOffset)).toBe("'orders'");
  });

  it("finds every named call without names", () => {
    expect(findCalls(template).map((call) => call.name)).toContain("a.ref");
  });
});
