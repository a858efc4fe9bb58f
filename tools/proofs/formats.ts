// Proof: every format that a contract is written in is read by that format's own implementation, in Python.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Contract } from "@meshwork/contract";
import { readContract } from "@meshwork/contract";
import { emit, formats } from "@meshwork/formats";
import { loadWorkspace } from "@meshwork/workspace";

const { values } = parseArgs({
  options: {
    install: { type: "boolean", default: false },
    cache: { type: "string", default: ".cache/formats" },
    python: { type: "string", default: "python3" },
    root: { type: "string", default: "." },
    work: { type: "string", default: ".mesh/proofs/formats" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(`Writes every contract of a mesh, and two that strain the formats, in every format, and has each read.

node tools/dist/proofs/formats.js [--install] [--cache .cache/formats] [--root .]

--install fetches the formats' own Python packages from PyPI into the cache (Python 3.10 or newer, about 1.5 GB).`);
  process.exit(0);
}

/** Soda 3 and Soda 4 have packages of one name: each has an environment of its own. */
const environments = [
  {
    name: "venv",
    packages: [
      "avro",
      "fastavro",
      "grpcio-tools",
      "pyarrow",
      "pyiceberg[sql-sqlite]",
      "pydantic>=2",
      "great_expectations>=1.5",
      "soda-core>=4",
      "jsonschema",
      "graphql-core",
      "rdflib",
      "sqlglot",
      "pyspark",
      // For the proof of formats in, which shares this environment.
      "deltalake",
    ],
    reads: (format: string): boolean => format !== "soda-checks",
  },
  {
    name: "soda3",
    packages: ["soda-core==3.5.*", "setuptools<81"],
    reads: (format: string): boolean => format === "soda-checks",
  },
];

const words = [
  `"; drop table x; --`,
  "'); drop table x; --",
  "\\'); drop table x; --",
  "ends with \\",
  "a\nb\r\nc",
  "*/ } ]]> </script>",
  "`x` ${y} {{ z }} {% w %}",
  "日本語 ünïcode 😀",
  "__proto__",
  "class",
  "select",
  "2x",
  "a.b\\c",
  `""" '''`,
  "#[x]: - y | z > w & v",
];
const hostile = words.map((name) => ({
  name,
  type: "string",
  description: words.join(" "),
  constraints: { enum: words },
}));
const scalars =
  "boolean tinyint short integer long hugeint utinyint usmallint uinteger ubigint float double string binary date uuid json interval time time_tz timestamp timestamp_tz timestamp(0) timestamp(3) timestamp(9) decimal(38,9) varchar(10)".split(
    " ",
  );
const allTypes = [
  ...scalars.map((type, i) => ({ name: `c${i}`, type })),
  { name: "list", type: "array", items: { type: "array", items: { type: "decimal(4,1)" } } },
  {
    name: "labels",
    type: "map",
    keys: "integer",
    values: { type: "struct", fields: [{ name: "x", type: "integer" }] },
  },
  {
    name: "nested",
    type: "struct",
    fields: [{ name: "nested", type: "struct", fields: [{ name: "a", type: "string", constraints: { null: false } }] }],
  },
  {
    name: "vector",
    type: "embedding",
    embedding: { dimensions: 8, element: "float32", model: "m", metric: "cosine", normalized: true },
  },
];

/** Columns with rules, and rows that a model of them takes and refuses. */
const rules = [
  { name: "id", type: "string", constraints: { null: false, max_length: 3, pattern: "^[a-z]+$" } },
  { name: "n", type: "integer", constraints: { min: 1, exclusive_max: 5 } },
  { name: "class", type: "string", constraints: { enum: ["a", "it's b"] } },
  { name: "amount", type: "decimal(4,2)", constraints: { null: false } },
  { name: "at", type: "timestamp_tz", constraints: { min: "2024-01-01" } },
];
const row = { id: "ab", n: 4, class: "it's b", amount: "12.34", at: "2024-06-01T00:00:00Z" };
const rows = {
  model: "All",
  good: [row, { ...row, n: null, class: null, at: null }],
  bad: [
    { ...row, id: null },
    { ...row, id: "abcd" },
    { ...row, id: "A" },
    { ...row, n: 0 },
    { ...row, n: 5 },
    { ...row, class: "c" },
    { ...row, amount: "123.4" },
    { ...row, amount: "1.234" },
    { ...row, at: "2023-12-31T00:00:00Z" },
    { ...row, at: "2024-06-01T00:00:00" },
    { id: "ab" },
  ],
};

if (values.install) {
  if (spawnSync(values.python, ["--version"]).status !== 0) skip(`needs ${values.python}`);
  for (const { name, packages } of environments) {
    const folder = resolve(values.cache, name);
    if (existsSync(join(folder, "installed"))) continue;
    console.error(`Installing ${packages.join(", ")} …`);
    mkdirSync(folder, { recursive: true });
    run(values.python, ["-m", "venv", folder]);
    run(join(folder, "bin/pip"), ["install", "--quiet", ...packages]);
    writeFileSync(join(folder, "installed"), "");
  }
}

const work = resolve(values.work);
rmSync(work, { recursive: true, force: true });
for (const [name, contract] of contracts()) {
  for (const format of formats) {
    for (const file of emit(format, contract).files) {
      const path = join(work, name, format.name, file.path);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, file.text);
    }
  }
}
writeFileSync(join(work, "rules/rows.json"), JSON.stringify(rows));

let refused = false;
for (const { name, packages, reads } of environments) {
  const own = formats.map((format) => format.name).filter(reads);
  const python = resolve(values.cache, name, "bin/python");
  if (!existsSync(python)) {
    console.log(`skipped: needs ${packages.join(", ")} (run with --install)`);
    continue;
  }
  const script = resolve(values.root, "tools/proofs/formats_check.py");
  const done = spawnSync(python, [script, work, ...own], {
    stdio: "inherit",
    env: { ...process.env, PYTHONWARNINGS: "ignore" },
  });
  refused ||= done.status !== 0;
}
process.exit(refused ? 1 : 0);

function* contracts(): Generator<[string, Contract]> {
  const root = resolve(values.root);
  for (const product of loadWorkspace(root).products.values()) {
    const file = product.contractFile;
    const read = readContract({ file, text: readFileSync(join(root, file), "utf8") });
    if (read.value !== undefined) yield [product.name, read.value];
  }
  yield ["all-types", written(allTypes)];
  yield ["hostile", written(hostile)];
  yield ["rules", written(rules)];
}

function written(fields: readonly object[]): Contract {
  const document = {
    apiVersion: "datamesh.io/v1",
    kind: "DataProduct",
    metadata: { name: "proof-domain.all", domain: "proof", version: "1.0.0", description: words.join("\n") },
    spec: { owner: "team@acme.example", schema: { fields } },
  };
  // JSON is YAML.
  const { value } = readContract({ file: "proof.yaml", text: JSON.stringify(document) });
  if (value === undefined) throw new Error("the proof's own contract cannot be read");
  return value;
}

/** Without Python, or without its packages, there is nothing to hold our files against. */
function skip(why: string): never {
  console.log(`skipped: ${why}`);
  process.exit(0);
}

function run(command: string, args: readonly string[]): void {
  const done = spawnSync(command, args, { encoding: "utf8" });
  if (done.status === 0) return;
  const why = (done.stderr ?? "").trim().split("\n").slice(-3).join("\n");
  skip(`${command} ${args.slice(0, 3).join(" ")} … failed: ${why}`);
}
