import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createEnvironment, fromPython, JinjaError, parseExpression, parseTemplate, repr, toPython } from "./index.ts";
import type { Value } from "./index.ts";

const environment = createEnvironment({ limits: { steps: 20_000, outputChars: 200_000 } });
const render = (source: string, context: Readonly<Record<string, unknown>> = {}): string =>
  environment.render(
    parseTemplate(source, { name: "p" }),
    new Map(Object.entries(context).map(([key, value]) => [key, toPython(value)])),
  ).text;
const evaluate = (source: string, context: Readonly<Record<string, unknown>>): unknown =>
  fromPython(
    environment.evaluate(source, new Map(Object.entries(context).map(([key, value]) => [key, toPython(value)]))),
  );

/** Pieces templates are made of, so that random ones get past the lexer. */
const pieces = fc.constantFrom(
  ..."{{ }} {% %} {# #} {%- -%} {{- -}} if endif else elif for in endfor set endset macro endmacro call endcall filter endfilter raw endraw do break continue ( ) [ ] { } , : . | ~ + - * / // ** % == != < <= not and or is none a b f 1 2.5 'x' \" ' \\ = \n 0x 1e5 é 😀 upper loop range(3) caller() docs enddocs".split(
    " ",
  ),
);
const soup = fc.array(
  fc.oneof({ weight: 6, arbitrary: pieces }, { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 5 }) }),
  { maxLength: 40 },
);

it("ends every text, however broken, with output or a JinjaError inside the text", () => {
  const options = { name: "p", blockTags: { docs: { body: "raw" as const }, test: { body: "macro" as const } } };
  fc.assert(
    fc.property(soup, fc.boolean(), fc.boolean(), (parts, spaced, outsideText) => {
      const source = parts.join(spaced ? " " : "");
      try {
        environment.render(
          parseTemplate(source, { ...options, outside: outsideText ? "text" : "template" }),
          new Map(),
        );
      } catch (error) {
        if (!(error instanceof JinjaError)) throw error;
        expect(error.offset).toBeLessThanOrEqual(error.endOffset);
        expect(error.endOffset).toBeLessThanOrEqual(source.length);
      }
    }),
    { numRuns: 3000 },
  );
});

it("ends every expression with a value or a JinjaError", () => {
  fc.assert(
    fc.property(soup, (parts) => {
      try {
        parseExpression(parts.join(" "), { name: "p" });
      } catch (error) {
        if (!(error instanceof JinjaError)) throw error;
      }
    }),
    { numRuns: 1000 },
  );
});

const plainText = fc.string({ unit: "grapheme", maxLength: 200 }).filter((text) => !/\{[{%#]/.test(text));

it("renders text without delimiters to itself, but for line ends and the last newline", () => {
  fc.assert(
    fc.property(plainText, (text) => {
      expect(render(text)).toBe(text.replace(/\r\n?/g, "\n").replace(/\n$/, ""));
      expect(render(`{% raw %}${text}{% endraw %}`)).toBe(text.replace(/\r\n?/g, "\n"));
    }),
  );
});

const integer = fc.oneof(
  fc.integer({ min: -50, max: 50 }),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }),
);
const floorDivide = (a: bigint, b: bigint): bigint => a / b - (a % b !== 0n && a % b < 0n !== b < 0n ? 1n : 0n);

it("computes with integers of any size as mathematics does", () => {
  fc.assert(
    fc.property(integer, integer, (x, y) => {
      const [a, b] = [BigInt(x), BigInt(y)];
      const whole = (expression: string): bigint => BigInt(evaluate(expression, { a: x, b: y }) as bigint);
      expect(whole("a + b")).toBe(a + b);
      expect(whole("a - b")).toBe(a - b);
      expect(whole("a * b")).toBe(a * b);
      expect(evaluate("[a < b, a == b, a >= b]", { a: x, b: y })).toEqual([a < b, a === b, a >= b]);
      if (b !== 0n) {
        expect(whole("a // b")).toBe(floorDivide(a, b));
        expect(whole("a % b")).toBe(a - floorDivide(a, b) * b);
      }
      expect(render("{{ a }}", { a: x })).toBe(String(a));
      expect(whole("a|string|int")).toBe(a);
    }),
  );
});

const bound = fc.option(fc.integer({ min: -8, max: 8 }), { nil: null });

it("slices lists and texts as stepping through them does", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(9), { maxLength: 6 }),
      bound,
      bound,
      fc.integer({ min: -3, max: 3 }).filter((n) => n !== 0),
      (list, start, stop, step) => {
        const clamp = (value: number | null, missing: number): number => {
          if (value === null) return missing;
          const [low, high] = step > 0 ? [0, list.length] : [-1, list.length - 1];
          return value < 0 ? Math.max(low, value + list.length) : Math.min(high, value);
        };
        const from = clamp(start, step > 0 ? 0 : list.length - 1);
        const to = clamp(stop, step > 0 ? list.length : -1);
        const expected = [];
        for (let at = from; step > 0 ? at < to : at > to; at += step) expected.push(list[at]);
        expect(evaluate("x[a:b:c]", { x: list, a: start, b: stop, c: step })).toEqual(expected);
        expect(evaluate("x[a:b:c]", { x: list.join(""), a: start, b: stop, c: step })).toBe(expected.join(""));
      },
    ),
  );
});

it("keeps texts whole through split and join, replace, and slicing by code points", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "b", ",", " ", "é", "😀") }), fc.nat(12), (text, at) => {
      expect(evaluate("','.join(t.split(','))", { t: text })).toBe(text);
      expect(evaluate("t.replace('a', 'zz')", { t: text })).toBe(text.split("a").join("zz"));
      expect(evaluate("t[:n] ~ t[n:]", { t: text, n: at })).toBe(text);
      expect(evaluate("t|length", { t: text })).toBe([...text].length);
      expect(evaluate("t|reverse|reverse", { t: text })).toBe(text);
      expect(evaluate("t.find('b')", { t: text })).toBe([...text].indexOf("b"));
    }),
  );
});

const key = fc.oneof(
  fc.string({ maxLength: 3 }),
  fc.constantFrom("__proto__", "constructor", "10", "2"),
  fc.integer({ min: -2, max: 2 }),
);
const operation = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), key, value: fc.nat(5) }),
  fc.record({ kind: fc.constant("pop" as const), key, value: fc.nat(5) }),
  fc.record({ kind: fc.constant("setdefault" as const), key, value: fc.nat(5) }),
);

it("runs dict operations like a model that keeps the order of insertion", () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 12 }), (operations) => {
      const model = new Map<string | number, number>();
      const source = operations.map(({ kind, key: at, value }, index) => {
        if (kind === "set") model.set(at, value);
        else if (kind === "pop") model.delete(at);
        else if (!model.has(at)) model.set(at, value);
        if (kind === "set") return `{% do d.update({k${index}: v${index}}) %}`;
        return `{% do d.${kind}(k${index}, v${index}) %}`;
      });
      const context: Record<string, unknown> = {};
      for (const [index, { key: at, value }] of operations.entries()) {
        context[`k${index}`] = at;
        context[`v${index}`] = value;
      }
      const printed = Array.from(model, ([at, value]) => `${repr(at)}: ${value}`).join(", ");
      expect(render(`{% set d = {} %}${source.join("")}{{ d }}`, context)).toBe(`{${printed}}`);
    }),
  );
});

const json = fc.jsonValue({ maxDepth: 3 });

it("prints values so that they read back equal", () => {
  fc.assert(
    fc.property(json, (value) => {
      const printed = repr(toPython(value));
      const again: Value = environment.evaluate(printed.replaceAll("\n", " "), new Map());
      expect(
        environment.evaluate(
          "a == b",
          new Map([
            ["a", toPython(value)],
            ["b", again],
          ]),
        ),
      ).toBe(true);
    }),
  );
});

it("writes JSON that JavaScript reads back equal", () => {
  fc.assert(
    fc.property(json, (value) => {
      const read: unknown = JSON.parse(render("{{ v|tojson }}", { v: value }));
      expect(read).toEqual(value);
    }),
  );
});

it("sorts stably and gives every element back", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ k: fc.nat(3), n: fc.nat() })), (rows) => {
      const expected = rows.toSorted((a, b) => a.k - b.k).map((row) => row.n);
      expect(evaluate("rows|sort(attribute='k')|map(attribute='n')|list", { rows })).toEqual(expected);
      const groups = evaluate("rows|groupby('k')|map(attribute='list')|sum(start=[])|map(attribute='n')|list", {
        rows,
      });
      expect(groups).toEqual(expected);
    }),
  );
});
