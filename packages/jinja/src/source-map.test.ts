import { expect, it } from "vitest";
import { createEnvironment, defineFunction, parseTemplate, SourceMap } from "./index.ts";
import type { Rendered, Value } from "./index.ts";

const environment = createEnvironment();
const library = parseTemplate(
  `{% macro inner(c) %}
  inner_text {{ c }}
{% endmacro %}
{% macro outer(c) %}outer_text {{ inner(c) | trim }} after_inner{% endmacro %}
{% macro wrap() %}open_wrap {{ caller() }} close_wrap{% endmacro %}`,
  { name: "macros.sql" },
);
const scope = new Map<string, Value>([["ref", defineFunction("ref", ([name]) => `"db"."${String(name)}"`)]]);
for (const definition of library.definitions) scope.set(definition.name, environment.macro(definition, scope));

function render(source: string): Rendered & { map: SourceMap } {
  const { text, map } = environment.render(parseTemplate(source, { name: "model.sql" }), scope, { sourceMap: true });
  if (!map) throw new Error("no map was made");
  return { text, map };
}

/** `template:line:column <macro <macro` of the first character of `needle` in the output. */
function origin(result: ReturnType<typeof render>, needle: string, plus = 0): string {
  const at = result.text.indexOf(needle);
  expect(at, needle).toBeGreaterThanOrEqual(0);
  const found = result.map.locate(at + plus);
  if (!found) return "nowhere";
  const { name, line, column } = found.place;
  return [
    `${name}:${line}:${column}`,
    ...found.frames.map((frame) => `${frame.macro}@${frame.place.name}:${frame.place.line}`),
  ].join(" < ");
}

it("maps literal text to its exact character and computed text to its expression", () => {
  const result = render("select a,\n  {{ ref('orders') }}.b\nfrom x {%- if true %} where c{% endif %}");
  expect(result.text).toBe('select a,\n  "db"."orders".b\nfrom x where c');
  expect(origin(result, "select", 7)).toBe("model.sql:1:8");
  expect(origin(result, '"db"', 6)).toBe("model.sql:2:3");
  expect(origin(result, ".b")).toBe("model.sql:2:22");
  expect(origin(result, "from", 2)).toBe("model.sql:3:3");
  expect(origin(result, "where c", 6)).toBe("model.sql:3:29");
});

it("follows macros over templates, through filters and calls of calls", () => {
  const result = render("select\n  {{ outer('col') }},\n  b");
  expect(result.text).toBe("select\n  outer_text inner_text col after_inner,\n  b");
  expect(origin(result, "outer_text")).toBe("macros.sql:4:21 < outer@model.sql:2");
  expect(origin(result, "inner_text", 6)).toBe("macros.sql:2:9 < inner@macros.sql:4 < outer@model.sql:2");
  expect(origin(result, "col")).toBe("macros.sql:2:14 < inner@macros.sql:4 < outer@model.sql:2");
  expect(origin(result, "after_inner")).toBe("macros.sql:4:54 < outer@model.sql:2");
  expect(origin(result, ",\n")).toBe("model.sql:2:21");
});

it("follows set blocks, callers and loops", () => {
  const result = render(
    "{% set q %}\n set_text {{ 1 }}\n{% endset %}\n{{ q }}|{% call wrap() %}\n call_text{% endcall %}{% for i in [1, 2] %}\nloop{{ i }}{% endfor %}",
  );
  expect(origin(result, "set_text")).toBe("model.sql:2:2");
  expect(origin(result, "open_wrap")).toBe("macros.sql:5:19 < wrap@model.sql:4");
  expect(origin(result, "call_text")).toContain("model.sql:5:2 < caller@macros.sql:5");
  expect(origin(result, "loop2")).toBe("model.sql:6:1");
  expect(origin(result, "loop2", 4)).toBe("model.sql:6:5");
});

it("counts over CRLF line ends and astral characters", () => {
  const result = render("-- 😀\r\nselect\r\n  x{{ 1 }}\r\n  y");
  expect(result.text).toBe("-- 😀\nselect\n  x1\n  y");
  expect(origin(result, "x1")).toBe("model.sql:3:3");
  expect(origin(result, "1")).toBe("model.sql:3:4");
  expect(origin(result, "y")).toBe("model.sql:4:3");
});

it("covers every character of the output in order", () => {
  const result = render("a{{ outer('x') }}b{% set s %} c {% endset %}{{ s }}{{ s }}{{ s|trim }}{{ s ~ s }}");
  const starts = result.map.data.segments.filter((_value, index) => index % 6 === 0);
  expect(starts).toEqual([...starts].sort((a, b) => a - b));
  expect(starts[0]).toBe(0);
  for (let at = 0; at < result.text.length; at++) {
    const found = result.map.locate(at);
    if (!found || found.computed) continue;
    const source = found.place.name === "model.sql" ? undefined : library.source;
    if (source) expect(source[found.place.offset]).toBe(result.text[at]);
  }
});

it("survives being posted to another thread", () => {
  const result = render("a {{ outer('x') }}");
  const copy = new SourceMap(structuredClone(result.map.data));
  for (let at = 0; at < result.text.length; at++) expect(copy.locate(at)).toEqual(result.map.locate(at));
});

it("is not made unless asked for", () => {
  expect(environment.render(parseTemplate("a", { name: "m" }), scope).map).toBeUndefined();
});
