import { expect, it } from "vitest";
import { createEnvironment, defineFunction, defineObject, parseTemplate, toPython } from "./index.ts";
import type { Value } from "./index.ts";

const adapter = defineObject("Adapter", {
  attributes: { type: "duckdb" },
  methods: { quote: ([name]) => `"${String(name)}"` },
});
const context = new Map<string, Value>([
  ["adapter", adapter],
  ["f", defineFunction("f", () => "called")],
  ["data", toPython({ a: 1, __proto__x: 2 })],
]);

function render(source: string): string {
  return createEnvironment().render(parseTemplate(source, { name: "s" }), context).text;
}

const inherited = [
  "constructor",
  "__proto__",
  "prototype",
  "__class__",
  "__mro__",
  "__subclasses__",
  "__globals__",
  "hasOwnProperty",
  "toString",
  "valueOf",
  "call",
  "apply",
  "bind",
  "kind",
  "protocol",
  "items_",
  "source",
];
const holders = [
  "''",
  "[]",
  "{}",
  "()",
  "1",
  "1.5",
  "true",
  "f",
  "adapter",
  "range(3)",
  "{}.keys()",
  "data",
  "namespace(a=1)",
  "cycler(1)",
  "''.upper",
  "[1]|map('string')",
];

it.each(holders)("shows nothing of JavaScript on %s", (holder) => {
  for (const name of inherited) {
    expect(render(`{{ (${holder}).${name} is defined }}`), `.${name}`).toBe("False");
    expect(render(`{{ (${holder})['${name}'] is defined }}`), `['${name}']`).toBe("False");
    expect(render(`{{ (${holder})|attr('${name}') is defined }}`), `|attr('${name}')`).toBe("False");
  }
});

it("shows nothing of JavaScript on the loop variable, a macro and a caller", () => {
  for (const name of inherited) {
    expect(render(`{% for x in [1] %}{{ loop.${name} is defined }}{% endfor %}`)).toBe("False");
    expect(render(`{% macro m() %}{% endmacro %}{{ m.${name} is defined }}`)).toBe("False");
    expect(render(`{% macro m() %}{{ caller.${name} is defined }}{% endmacro %}{% call m() %}{% endcall %}`)).toBe(
      "False",
    );
  }
});

it("looks names, filters and tests up in their own tables only", () => {
  for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty", "globalThis", "process", "require"]) {
    expect(render(`{{ ${name} is defined }}`), name).toBe("False");
    expect(() => render(`{{ 1|${name} }}`), name).toThrow("No filter is named");
    expect(() => render(`{{ 1 is ${name} }}`), name).toThrow("No test is named");
    expect(() => render(`{{ [1]|map('${name}')|list }}`), name).toThrow("No filter is named");
  }
});

it("keeps __proto__ an ordinary dict key and keyword", () => {
  expect(render("{% set d = {'__proto__': {'x': 1}} %}{{ d.x is defined }}{{ d['__proto__'].x }}")).toBe("False1");
  expect(render("{{ dict(__proto__=1) }}")).toBe("{'__proto__': 1}");
  expect(render("{% set ns = namespace(__proto__=1) %}{{ ns.x is defined }}")).toBe("False");
  expect(Object.hasOwn(Object.prototype, "x")).toBe(false);
});

it("reaches no further through str.format than through attributes", () => {
  expect(() => render("{{ '{0.constructor}'.format('') }}")).toThrow("has no attribute 'constructor'");
  expect(() => render("{{ '{0.__class__.__mro__}'.format(adapter) }}")).toThrow("has no attribute '__class__'");
  expect(() => render("{{ '%(constructor)s' % {} }}")).toThrow("'constructor'");
  expect(render("{{ '{0.type}'.format(adapter) }}")).toBe("duckdb");
});

it("follows no inherited path in attribute arguments of filters", () => {
  expect(render("{{ [{}]|map(attribute='constructor.name')|first is defined if false else 'x' }}")).toBe("x");
  expect(() => render("{{ [{}]|map(attribute='constructor.name')|list }}")).toThrow("has no attribute 'constructor'");
  expect(render("{{ [{}]|selectattr('__proto__', 'defined')|list }}")).toBe("[]");
});

it("lets templates change nothing on host objects", () => {
  expect(() => render("{% set adapter.type = 'x' %}")).toThrow("non-namespace object");
  expect(render("{{ adapter.type }}{{ adapter.quote('a') }}")).toBe('duckdb"a"');
});

it("refuses values that would carry JavaScript in", () => {
  expect(() => toPython(() => 1)).toThrow(TypeError);
  expect(() => toPython({ nested: [new URL("http://localhost")] })).toThrow("defineObject");
  expect(() => toPython(Symbol("s"))).toThrow(TypeError);
});
