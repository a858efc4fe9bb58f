import { describe, expect, it } from "vitest";
import { splitStatements } from "./split-statements.ts";

describe("statements of a text", () => {
  it.each<[string, string, string[]]>([
    ["one", "select 1", ["select 1"]],
    ["one with an end", " select 1 ; ", ["select 1"]],
    ["two", "select 1;select 2", ["select 1", "select 2"]],
    ["nothing", " -- a;b\n /* c; /* d; */ e; */ ;;", []],
    ["quotes", `select ';', ";", 'it''s;', "a"";"`, [`select ';', ";", 'it''s;', "a"";"`]],
    ["a backslash that is one", String.raw`select '\';select 2`, [String.raw`select '\'`, "select 2"]],
    ["a backslash that escapes", String.raw`select e'\';'; select 2`, [String.raw`select e'\';'`, "select 2"]],
    ["dollar quotes", "do $x$ begin; $$;$$ end $x$; select $1", ["do $x$ begin; $$;$$ end $x$", "select $1"]],
    ["a name with dollars", "select a$b$c; select d$b$", ["select a$b$c", "select d$b$"]],
    ["a comment between", "select 1 -- ;\n + 1; -- end", ["select 1 -- ;\n + 1"]],
    [
      "brackets",
      "create rule r as on insert to t do (select 1; select 2); select 3",
      ["create rule r as on insert to t do (select 1; select 2)", "select 3"],
    ],
    ["an open quote", "select 'a; b", ["select 'a; b"]],
  ])("%s", (_, text, expected) => {
    expect(splitStatements(text).map(({ start, end }) => text.slice(start, end))).toEqual(expected);
  });
});
