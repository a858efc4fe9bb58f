import * as fc from "fast-check";
import { expect, it } from "vitest";
import { standardDocuments } from "../testdata/standard-documents.ts";
import { parsePlainYaml } from "./parse-plain-yaml.ts";
import { MAX_NODES, parseWholeYaml } from "./parse-yaml.ts";

const PLAIN = `# A contract as most are written.
apiVersion: datamesh.io/v1
kind: DataProduct
metadata:
  name: "orders"
  version: 1.10.0   # a version
  tags: [a, b-c, 'd e', -1, 2.50, null, {}, []]
  empty:
  nothing: ~
spec:
  owner: team@example.com
  sla: { availability: "99.9%", freshness: 24h, x: { y: [1, { z: é }] } }
  schema:
    fields:
      - { name: id, type: long, constraints: { null: false } }
      -   name: total
          type: decimal(10,2)

          description: What it costs, in euro: not so
      - plain text
  list:
  - a
  - b: /path
    c: d
  last: on
`;

const pool = [
  PLAIN,
  PLAIN.replace("euro: not so", "euro"),
  ...["odcs", "odps", "dcs", "datacontract-cli"].flatMap((folder) => standardDocuments(folder).map(({ text }) => text)),
].filter((text) => text.length < 12_000);

const PIECES =
  "\t|  | |- |-|: |:|#| # |\"|'|''|\\|{|}|[|]|,|, |?|? |&a |*a|<<: |!!str |>-\n|\n|\n\n|~|null|Null: 1|__proto__: x|no|1_000|0o17|1e400|---\n|...\n|%|@|`|é|😀|\u00A0|\u0085|\u2028|\uFEFF|\uFFFE|\r\n|a: b\n|- a\n|-\n"
    .split("|")
    .concat("|", "|\n");

/** A text with slips of the keyboard. */
const slipped = fc
  .tuple(
    fc.nat(pool.length + 8),
    fc.array(fc.tuple(fc.nat(1_000_000), fc.nat(5), fc.constantFrom(...PIECES)), { maxLength: 3 }),
  )
  .map(([at, slips]) => {
    let text = pool[at] ?? pool[at % 2]!;
    for (const [where, how, piece] of slips) {
      const lines = text.split("\n");
      const n = where % lines.length;
      const column = where % (lines[n]!.length + 1);
      if (how === 0) lines.splice(n, 1);
      else if (how === 1) lines.splice(n, 0, lines[(where % 7) % lines.length]!);
      else if (how === 2) lines[n] = `${" ".repeat(1 + (where % 3))}${lines[n]!}`;
      else if (how === 3) lines[n] = lines[n]!.replace(/^ {1,2}/, "");
      else if (how === 4) lines[n] = lines[n]!.slice(0, column) + piece + lines[n]!.slice(column);
      else lines[n] = lines[n]!.slice(0, column) + lines[n]!.slice(column + 1);
      text = lines.join("\n");
    }
    return text;
  });

/** Texts made of nothing but what the plain parser has an opinion on. */
const composed = fc
  .array(
    fc.constantFrom(
      "a",
      "b:",
      "c: ",
      "- ",
      "  ",
      "\n",
      "\n  ",
      "\n- ",
      "\n    ",
      "{ ",
      "}",
      "[",
      "]",
      ", ",
      '"',
      "'",
      " #",
      "1",
      "-",
      ":",
    ),
    {
      maxLength: 24,
    },
  )
  .map((parts) => `k: v\n${parts.join("")}`);

it.each([
  ["slips", slipped, 3000],
  ["pieces", composed, 6000],
] as const)("gives what the whole parser gives, or leaves the text to it: %s", (_, texts, usual) => {
  const numRuns = Number(process.env["YAML_RUNS"] ?? usual);
  let plain = 0;
  fc.assert(
    fc.property(texts, (text) => {
      const found = parsePlainYaml(text, MAX_NODES);
      if (found === undefined) return;
      plain++;
      expect({ documents: [found], problems: [] }).toEqual(parseWholeYaml(text));
    }),
    { numRuns },
  );
  expect(plain).toBeGreaterThan(numRuns / 50);
});

it("reads plain contracts itself", () => {
  expect(parsePlainYaml(PLAIN, MAX_NODES)).toBeUndefined();
  expect(parsePlainYaml(pool[1]!, MAX_NODES)).toEqual(parseWholeYaml(pool[1]!).documents[0]);
  expect(parsePlainYaml(pool[1]!, 20)).toBeUndefined();
});
