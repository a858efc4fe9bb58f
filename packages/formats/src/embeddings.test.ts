import { describe, expect, it } from "vitest";
import type { Embedding } from "@meshwork/contract";
import { emit } from "./define-format.ts";
import { formatNamed } from "./registry.ts";
import { column, contract, port } from "./testdata/contracts.ts";

const vectors = (dimensions: number, element: Embedding["element"]) =>
  contract({
    ports: [
      port("notes", [
        column(
          "v",
          {
            kind: "array",
            length: dimensions,
            element: {
              name: "element",
              nullable: false,
              type:
                element === "int8"
                  ? { kind: "integer", bits: 8, signed: true }
                  : { kind: "float", bits: element === "float64" ? 64 : 32 },
            },
          },
          { typeName: "embedding", embedding: { dimensions, element } },
        ),
      ]),
    ],
  });

/** What each format writes of an embedding of 384 float32, and whether it keeps its length. */
const forms: Readonly<Record<string, readonly [text: RegExp, keepsLength: boolean]>> = {
  "sql-duckdb": [/"v" FLOAT\[384\]/, true],
  "sql-postgres": [/"v" real\[\]/, false],
  "sql-pgvector": [/"v" vector\(384\)/, true],
  "sql-snowflake": [/"v" VECTOR\(FLOAT, 384\)/, true],
  "sql-bigquery": [/`v` ARRAY<FLOAT64>/, false],
  "sql-trino": [/"v" array\(real\)/i, false],
  "sql-databricks": [/`v` ARRAY<FLOAT>/, false],
  arrow: [/"fixedsizelist"[\s\S]*384/, true],
  "json-schema": [/"minItems": 384,\s*"maxItems": 384/, true],
  pydantic: [/min_length=384, max_length=384/, true],
  "typescript-zod": [/\.length\(384\)/, true],
  iceberg: [/"element": "float"/, false],
  protobuf: [/repeated float v = 1/, false],
};

describe("an embedding of 384 float32", () => {
  it.each(Object.keys(forms))("in %s has its length, or the loss of it is listed", (name) => {
    const { files, losses } = emit(formatNamed(name)!, vectors(384, "float32"));
    const [text, keepsLength] = forms[name]!;
    expect(files.map((file) => file.text).join("\n")).toMatch(text);
    expect(losses.some((loss) => loss.column === "v" && loss.message.includes("384"))).toBe(!keepsLength);
  });
});

it("pgvector's type is written for what it holds, and an array for all else", () => {
  const written = (dimensions: number, element: Embedding["element"]) =>
    /"v" (.+)/.exec(emit(formatNamed("sql-pgvector")!, vectors(dimensions, element)).files[0]!.text)![1];
  expect(written(16_000, "float32")).toBe("vector(16000)");
  expect(written(16_001, "float32")).toBe("real[]");
  expect(written(3, "float16")).toBe("vector(3)");
  expect(written(3, "float64")).toBe("double precision[]");
  expect(written(3, "int8")).toBe("smallint[]");
});
