import * as fc from "fast-check";
import { expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { standardDocuments } from "../testdata/standard-documents.ts";
import { parseYaml } from "./parse-yaml.ts";
import { toValue } from "./yaml-node.ts";

const pool = ["odcs", "odps", "dcs", "datacontract-cli"]
  .flatMap((folder) => standardDocuments(folder))
  .filter(({ text }) => text.length < 12_000);

const PIECES = [
  "\t",
  "  ",
  "- ",
  ": ",
  "#",
  '"',
  "'",
  "|\n",
  ">-\n",
  "&a ",
  "*a",
  "<<: ",
  "!!str ",
  "{",
  "}",
  "[",
  "]",
  ",",
  "?",
  "~",
  "no",
  "1_000",
  "0o17",
  "12:30:45",
  "1e400",
  "---\n",
  "...\n",
  "\r",
  "\u0085",
  "\u2028",
  "\uFEFF",
  "é",
  "😀",
  "%",
  "@",
  "`",
  "\\",
];

/** A real contract with a few slips of the keyboard. */
const slipped = fc
  .tuple(
    fc.nat(pool.length - 1),
    fc.array(fc.tuple(fc.nat(1_000_000), fc.nat(4), fc.constantFrom(...PIECES)), { minLength: 1, maxLength: 2 }),
  )
  .map(([at, slips]) => {
    let { text } = pool[at]!;
    for (const [where, how, piece] of slips) {
      const lines = text.split("\n");
      const n = where % lines.length;
      const column = where % (lines[n]!.length + 1);
      if (how === 0) lines.splice(n, 1);
      else if (how === 1) lines.splice(n, 0, lines[n]!);
      else if (how === 2) lines[n] = ` ${lines[n]!}`;
      else if (how === 3) lines[n] = lines[n]!.slice(0, column) + piece + lines[n]!.slice(column);
      else lines[n] = lines[n]!.slice(0, column) + lines[n]!.slice(column + 1);
      text = lines.join("\n");
    }
    return text;
  });

/** What `docs/decisions/yaml.md` says of texts that the two parsers read in different ways. */
const EXPLAINED: readonly (readonly [string, RegExp])[] = [
  ["a line break of YAML 1.1, a byte order mark inside", /[\u0085\u2028\u2029]|[\s\S]\uFEFF/],
  ["a lone carriage return", /\r(?!\n)/],
  ["keys, aliases and tags that mean nothing here", /<<|[?*]|!!|%/],
  ["no key before a colon, and a map on the same line", /^[ -]*: /m],
];

it("real contracts with slips are refused by both parsers, or mean the same", () => {
  let compared = 0;
  let refused = 0;
  const different: string[] = [];
  fc.assert(
    fc.property(slipped, (text) => {
      const ours = parseYaml(text);
      const theirs = parseAllDocuments(text, { merge: true, logLevel: "silent" });
      const accepted = Array.isArray(theirs) && theirs.every(({ errors }) => errors.length === 0);
      if (ours.problems.length > 0 && !accepted) return void refused++;
      if (EXPLAINED.some(([, pattern]) => pattern.test(text))) return;
      if (ours.problems.length > 0 !== !accepted) {
        different.push(text);
        return;
      }
      compared++;
      const values = theirs.map((document) => JSON.stringify(document.toJS({ maxAliasCount: 1000 })));
      expect(ours.documents.map((document) => JSON.stringify(toValue(document)))).toEqual(values);
    }),
    { numRuns: Number(process.env["YAML_RUNS"] ?? 400) },
  );
  expect(different).toEqual([]);
  expect(compared).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(50);
});
