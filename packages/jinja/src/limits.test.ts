import { expect, it } from "vitest";
import { createEnvironment, JinjaError, parseExpression, parseTemplate } from "./index.ts";
import type { Limits, Value } from "./index.ts";

function failure(source: string, limits: Limits = {}): JinjaError {
  try {
    createEnvironment({ limits }).render(parseTemplate(source, { name: "t" }), new Map<string, Value>());
  } catch (error) {
    if (error instanceof JinjaError) return error;
    throw error;
  }
  throw new Error("the template was not stopped");
}

const huge: readonly string[] = [
  "{% for i in range(10**9) %}{% endfor %}",
  "{% for i in range(10**9) if false %}{% endfor %}",
  "{% for i in range(10**5) %}{% for j in range(10**5) %}{% endfor %}{% endfor %}",
  "{% for i in range(10**9) %}{{ loop.index if false }}{% endfor %}",
  "{{ range(10**9)|list|length }}",
  "{{ range(10**9)|map('string')|join }}",
  "{{ range(10**9)|sum }}",
  "{{ (10**9 - 1) in range(10**9)|map('int') }}",
  "{% set l = [1] %}{% for i in l %}{% do l.append(1) %}{% endfor %}",
  "{% set l = [1] %}{% for i in range(99) %}{% do l.extend(l) %}{% endfor %}",
  "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
  "{{ [0] * 10**9 }}",
  "{% set ns = namespace(x=[]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
  "{% set ns = namespace(x=[], y=[]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
  "{% set ns = namespace(x=[]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x|tojson }}",
  "{{ f(*range(10**9)) }}",
  "{{ [1]|slice(10**9)|list }}",
  "{{ [1]|batch(10**9, 1)|list }}",
];

it.each(huge)("stops %s by steps or length", (source) => {
  const error = failure(source, { steps: 100_000, outputChars: 1_000_000 });
  expect(error.type).toBe("LimitError");
  expect(error.place.name).toBe("t");
  expect(error.line).toBe(1);
});

const long: readonly string[] = [
  "{{ 'a' * 10**9 }}",
  "{{ 10**9 * 'a' }}",
  "{% set ns = namespace(s='a') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
  "{% set ns = namespace(s='a') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
  "{% set ns = namespace(s='a') %}{% for i in range(99) %}{% set ns.s = ns.s.replace('a', 'aa') %}{% endfor %}",
  "{% set ns = namespace(s='a') %}{% for i in range(99) %}{% set ns.s = ns.s|replace('', 'xx') %}{% endfor %}",
  "{% for i in range(10**6) %}0123456789{% endfor %}",
  "{% set x %}{% for i in range(10**6) %}0123456789{% endfor %}{% endset %}",
  "{% macro m() %}{% for i in range(10**6) %}0123456789{% endfor %}{% endmacro %}{{ m()|length }}",
  "{{ 'a'.ljust(10**9) }}",
  "{{ 'a'.center(10**9) }}",
  "{{ 'a'.zfill(10**9) }}",
  "{{ 'a\tb'.expandtabs(10**9) }}",
  "{{ '{:>999999999}'.format('a') }}",
  "{{ '{:.999999999f}'.format(1.0) }}",
  "{{ '%999999999d' % 1 }}",
  "{{ '%*d' % (10**9, 1) }}",
  "{{ 'a\nb'|indent(10**9) }}",
  "{{ 'a'|center(10**9) }}",
  "{{ ('x' * 1000).join(range(2000)|map('string')) }}",
  "{{ {'a': [1]}|tojson(10**9) }}",
];

it.each(long)("stops %s by length", (source) => {
  expect(failure(source, { outputChars: 1_000_000 }).type).toBe("LimitError");
});

it.each([
  "{{ 10 ** (10 ** 10) }}",
  "{{ 7 ** (7 ** 7) }}",
  "{% set ns = namespace(x=9**9) %}{% for i in range(99) %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
])("stops the growing number %s", (source) => {
  expect(failure(source).type).toBe("LimitError");
});

it("stops recursion without end, and names the macro", () => {
  const error = failure("{% macro again(n) %}\n  {{ again(n + 1) }}{% endmacro %}{{ again(0) }}", { depth: 50 });
  expect(error.type).toBe("LimitError");
  expect(error.message).toContain('"again"');
  expect(error.line).toBe(2);
  expect(error.frames).toHaveLength(50);
});

it("stops recursion without end at the default depth, also through callers, loops and deep expressions", () => {
  expect(
    failure(
      "{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{{ caller }}{% endmacro %}{% call m() %}{% endcall %}",
    ).type,
  ).toBe("LimitError");
  expect(failure("{% for x in [[]] recursive %}{{ loop([[]]) }}{% endfor %}").type).toBe("LimitError");
  const deep = `${"(".repeat(60)}m()${" ~ 1)".repeat(60)}`;
  const error = failure(`{% macro m() %}{{ ${deep} }}{% endmacro %}{{ m() }}`);
  expect(error.type, String(error.cause)).toBe("LimitError");
});

it("allows recursion within the depth", () => {
  const source = "{% macro down(n) %}{{ n }}{% if n %}{{ down(n - 1) }}{% endif %}{% endmacro %}{{ down(150)|length }}";
  expect(createEnvironment().render(parseTemplate(source, { name: "t" }), new Map()).text).toBe("343");
});

it("refuses structures that contain themselves where they cannot be printed", () => {
  const cyclic = "{% set l = [1] %}{% do l.append(l) %}";
  expect(failure(`${cyclic}{{ l|tojson }}`).message).toContain("Circular");
  expect(failure(`${cyclic}{% set m = [1] %}{% do m.append(m) %}{{ l == m }}`).type).toBe("RecursionError");
});

const nested: readonly (readonly [string, string])[] = [
  ["parentheses", `{{ ${"(".repeat(10_000)}1${")".repeat(10_000)} }}`],
  ["lists", `{{ ${"[".repeat(10_000)}${"]".repeat(10_000)} }}`],
  ["dicts", `{{ ${"{1:".repeat(10_000)}1${"}".repeat(10_000)} }}`],
  ["not", `{{ ${"not ".repeat(10_000)}1 }}`],
  ["minus", `{{ ${"-".repeat(9_999)} 1 }}`],
  ["calls", `{{ ${"f(".repeat(10_000)}${")".repeat(10_000)} }}`],
  ["subscripts", `{{ ${"a[".repeat(10_000)}1${"]".repeat(10_000)} }}`],
  ["attributes", `{{ a${".b".repeat(10_000)} }}`],
  ["filters", `{{ a${"|upper".repeat(10_000)} }}`],
  ["sums", `{{ 1${"+1".repeat(10_000)} }}`],
  ["ors", `{{ 1${" or 1".repeat(10_000)} }}`],
  ["powers", `{{ 1${"**1".repeat(10_000)} }}`],
  ["inline ifs", `{{ ${"1 if 1 else ".repeat(10_000)}1 }}`],
  ["inline ifs without else", `{{ 1${" if 1".repeat(10_000)} }}`],
  ["ifs", `${"{% if 1 %}".repeat(10_000)}${"{% endif %}".repeat(10_000)}`],
  ["loops", `${"{% for i in [1] %}".repeat(10_000)}${"{% endfor %}".repeat(10_000)}`],
  ["targets", `{% set ${"(".repeat(10_000)}a${")".repeat(10_000)} = 1 %}`],
];

it.each(nested)("reports deep nesting of %s as a syntax error", (_name, source) => {
  expect(failure(source).type).toBe("SyntaxError");
});

it("renders what is long but flat", () => {
  const many = 20_000;
  const render = (source: string): string =>
    createEnvironment().render(parseTemplate(source, { name: "t" }), new Map()).text;
  expect(render(`{{ 1${" ~ 1".repeat(many)} }}`)).toHaveLength(many + 1);
  expect(render(`{{ [${"1,".repeat(many)}]|length }}`)).toBe(String(many));
  expect(render(`{% if 0 %}${"{% elif 0 %}".repeat(many)}{% else %}x{% endif %}`)).toBe("x");
  expect(render("{{ 1 }}".repeat(many))).toHaveLength(many);
});

it("limits expressions as well", () => {
  const environment = createEnvironment({ limits: { outputChars: 1000 } });
  expect(() => environment.evaluate("'a' * 10**9", new Map())).toThrow("longer than 1,000 characters");
  expect(() => parseExpression("(".repeat(10_000), { name: "e" })).toThrow(JinjaError);
});

it("stops when its signal is raised while it runs", () => {
  let looked = 0;
  const signal = {
    get aborted(): boolean {
      return ++looked > 2;
    },
  };
  const template = parseTemplate("{% for i in range(10**8) %}{% endfor %}", { name: "t" });
  expect(() => createEnvironment({ limits: { steps: 10 ** 9 } }).render(template, new Map(), { signal })).toThrow(
    "Rendering was cancelled",
  );
});

it("starts every render with a fresh budget", () => {
  const environment = createEnvironment({ limits: { steps: 150 } });
  const template = parseTemplate("{% for i in range(100) %}{% endfor %}", { name: "t" });
  for (let turn = 0; turn < 5; turn++) expect(environment.render(template, new Map()).text).toBe("");
});
