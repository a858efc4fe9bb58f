import { describe, expect, it } from "vitest";
import { importedSpecifiers } from "./import-scanner.ts";

const cases: readonly (readonly [string, string, readonly string[]])[] = [
  ["a plain import", `import { a } from "x";`, ["x"]],
  [
    "types only",
    `import { type OrderEvents, orderEventsSchema } from "@acme/orders/order-events";\nimport type { B } from 'b'`,
    ["@acme/orders/order-events", "b"],
  ],
  ["for its effects", `import "x"; import 'y'`, ["x", "y"]],
  ["over several lines", `import {\n  a,\n  b,\n} from\n  "x";`, ["x"]],
  ["re-exports", `export * from "a"; export { b } from "b"; export type { c } from "c";`, ["a", "b", "c"]],
  ["later", `const a = await import("a"); const b = require('b'); import(  "c"  )`, ["a", "b", "c"]],
  ["the type of a module", `type T = typeof import("a"); let x: import("b").X;`, ["a", "b"]],
  ["comments", `// import "a"\n/* from "b" */ import /* of */ "c"; // from "d"`, ["c"]],
  ["strings", `const s = 'import "a"'; const t = "from 'b'"; from("c");`, []],
  [
    "templates, but not what they hold",
    'const t = `import "a"`; const u = `${await import("b")} from "c"`; import "d"',
    ["b", "d"],
  ],
  [
    "regular expressions",
    `const r = /["'\`]from "a"/; const q = x / 2; import "b"; return /'/.test(s) ? import("c") : 1`,
    ["b", "c"],
  ],
  ["a division is none", `const q = (a) / 2 / "x".length; import "b"`, ["b"]],
  ["words that only end so", `reimport("a"); x.from("b"); obj.import("c"); $from "d"`, []],
  ["unfinished text", `import "a"; const s = "never ends\nimport "b"`, ["a", "b"]],
  ["JSX with an apostrophe", `const e = <p>don't</p>;\nimport "a";`, ["a"]],
];

describe("imports of a TypeScript file", () => {
  it.each(cases)("%s", (_, source, expected) => {
    expect([...importedSpecifiers(source)].sort()).toEqual([...expected].sort());
  });
});
