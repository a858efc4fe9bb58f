import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseYaml } from "../yaml/parse-yaml.ts";
import { toValue } from "../yaml/yaml-node.ts";
import type { YamlNode } from "../yaml/yaml-node.ts";
import { standardDocuments } from "../testdata/standard-documents.ts";
import { SchemaChecker } from "./schema-check.ts";
import type { JsonSchema } from "./schema-check.ts";

const options = { strict: false, validateFormats: false, logger: false } as const;

function both(name: string, draft: "07" | "2019"): { ours: SchemaChecker; theirs: (value: unknown) => boolean } {
  const text = readFileSync(new URL(`../../schema/${name}.schema.json`, import.meta.url), "utf8");
  const ajv = draft === "07" ? new Ajv(options) : new Ajv2019(options);
  return { ours: new SchemaChecker(JSON.parse(text) as JsonSchema), theirs: ajv.compile(JSON.parse(text)) };
}

const schemas = {
  "odcs-3.0": both("odcs/odcs-3.0", "2019"),
  "odcs-3.1": both("odcs/odcs-3.1", "2019"),
  "odcs-3.2": both("odcs/odcs-3.2", "2019"),
  "odps-1.0": both("odps/odps-1.0", "2019"),
  "dcs-1.2": both("dcs/dcs-1.2", "07"),
};

const documents = ["odcs", "odps", "dcs", "datacontract-cli"].flatMap((folder) =>
  standardDocuments(folder).flatMap(({ file, text }) =>
    parseYaml(text).documents.map((document) => ({ file, document })),
  ),
);

const agree = (document: YamlNode, { ours, theirs }: (typeof schemas)["odcs-3.0"]): [boolean, boolean] => [
  ours.problems(document).length === 0,
  theirs(toValue(document)),
];

describe.each(Object.keys(schemas) as (keyof typeof schemas)[])("checking against %s", (name) => {
  it("agrees with ajv about every document of the standards and their reference tool", () => {
    const differing = documents
      .map(({ file, document }) => ({ file, verdicts: agree(document, schemas[name]) }))
      .filter(({ verdicts: [ours, theirs] }) => ours !== theirs);
    expect(differing).toEqual([]);
    expect(documents.length).toBeGreaterThan(200);
  });

  it("agrees with ajv about documents with one thing changed", () => {
    const pool = documents.filter(({ document }) => schemas[name].ours.problems(document).length === 0);
    expect(pool.length).toBeGreaterThan(0);
    let refused = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 0, max: 9 }), fc.nat(), (at, how, pick) => {
        const text = JSON.stringify(changed(toValue(pool[pick % pool.length]!.document), at, how));
        const [document] = parseYaml(text).documents;
        const [ours, theirs] = agree(document!, schemas[name]);
        if (!theirs) refused++;
        expect([text.slice(0, 300), ours]).toEqual([text.slice(0, 300), theirs]);
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(20);
  });
});

/** The value with one part removed, renamed, doubled or replaced by another kind of value. */
function changed(value: unknown, at: number, how: number): unknown {
  const places: [Record<string, unknown> | unknown[], string | number][] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const steps = Array.isArray(node) ? [...node.keys()] : Object.keys(node);
    for (const step of steps) {
      places.push([node as Record<string, unknown>, step]);
      walk((node as Record<string, unknown>)[step as string]);
    }
  };
  const copy: unknown = structuredClone(value);
  walk(copy);
  const [parent, step] = places[at % places.length]!;
  const map = parent as Record<string, unknown>;
  const old = map[String(step)];
  const values = [null, 7, -1.5, true, "no-such-value", ["a", "a"], {}];
  if (how < values.length) map[String(step)] = values[how];
  else if (Array.isArray(parent)) parent.push(old);
  else if (how === 7) delete map[String(step)];
  else if (how === 8) map[`${String(step)}Too`] = old;
  else map["mustBe"] = 1;
  return copy;
}

it("names the place, the key and what is meant", () => {
  const text = "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: active\nschema:\n  - nam: x\n";
  const [document] = parseYaml(text).documents;
  const problems = schemas["odcs-3.1"].ours.problems(document!);
  expect(problems.map(({ code, key }) => [code, key])).toEqual([
    ["missing-key", "name"],
    ["unknown-key", "nam"],
  ]);
  expect(problems[1]!.choices).toContain("name");
});
