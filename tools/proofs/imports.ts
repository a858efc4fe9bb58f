// Proof: what `mesh import` reads of a file is what the format's own implementation, in Python, reads of it.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { ContractColumn } from "@meshwork/contract";
import { readContract } from "@meshwork/contract";
import { importContract } from "@meshwork/workspace";

const { values } = parseArgs({
  options: {
    install: { type: "boolean", default: false },
    cache: { type: "string", default: ".cache/imports" },
    python: { type: "string", default: "python3" },
    root: { type: "string", default: "." },
    work: { type: "string", default: ".mesh/proofs/imports" },
    help: { type: "boolean", default: false },
  },
});

const packages = ["fastavro", "grpcio-tools", "pyarrow", "pyiceberg[sql-sqlite]", "deltalake"];

if (values.help) {
  console.log(`Writes files with Avro's, Parquet's, Protobuf's, Iceberg's and Delta's own implementations, and reads them.

node tools/dist/proofs/imports.js [--install] [--cache .cache/imports] [--root .]

--install fetches ${packages.join(", ")} from PyPI into the cache (Python 3.10 or newer).`);
  process.exit(0);
}

const run = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] }).status === 0;

const cache = resolve(values.cache);
const python = join(cache, "bin/python");
// The environment of the formats' proof has these packages, too.
const marks = ["installed", "installed-imports"].map((name) => join(cache, name));
const installed = (): boolean => marks.some((mark) => existsSync(mark));
if (values.install && !installed()) {
  if (!run(values.python, ["--version"])) skip(`needs ${values.python}`);
  console.error(`Installing ${packages.join(", ")} …`);
  mkdirSync(cache, { recursive: true });
  if (!run(values.python, ["-m", "venv", cache]) || !run(join(cache, "bin/pip"), ["install", "--quiet", ...packages]))
    skip("Python's packages could not be installed");
  writeFileSync(marks[1]!, "");
}
if (!installed()) skip(`needs ${packages.join(", ")} (run with --install)`);

function skip(why: string): never {
  console.log(`skipped: ${why}`);
  process.exit(0);
}

const work = resolve(values.work);
rmSync(work, { recursive: true, force: true });
if (!run(python, [resolve(values.root, "tools/proofs/imports_make.py"), work])) process.exit(1);

interface Expected {
  readonly file: string;
  readonly format: string;
  readonly columns: readonly (readonly [name: string, kind: string, nullable: boolean])[];
}

/** The words of `imports_make.py`. */
function kindOf({ type }: ContractColumn): string {
  switch (type.kind) {
    case "integer":
      return `${type.signed ? "" : "u"}integer${type.bits}`;
    case "float":
      return `float${type.bits}`;
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "timestamp":
      return type.zoned ? "timestamp_tz" : "timestamp";
    default:
      return type.kind;
  }
}

let wrong = 0;
for (const { file, format, columns } of JSON.parse(
  readFileSync(join(work, "expected.json"), "utf8"),
) as readonly Expected[]) {
  const done = await importContract({ cwd: work, source: file });
  const read = done.results === null ? undefined : readContract({ file, text: done.results.text }).value;
  const ours = read?.ports[0]?.columns.map((column) => [column.name, kindOf(column), column.nullable] as const) ?? [];
  const differences = columns.flatMap(([name, kind, nullable], i) => {
    const found = ours[i];
    if (found === undefined) return [`${name}: not read`];
    return found[0] === name && found[1] === kind && found[2] === nullable
      ? []
      : [`${name}: ${kind}${nullable ? "" : " never null"} there, ${found.join(" ")} here`];
  });
  if (ours.length !== columns.length) differences.push(`${ours.length} columns here, ${columns.length} there`);
  if (done.results?.format !== format) differences.push(`read as ${done.results?.format ?? done.problem ?? "nothing"}`);
  wrong += differences.length;
  console.log(
    `${differences.length === 0 ? "ok    " : "WRONG "} ${format.padEnd(9)} ${file}: ${columns.length} columns`,
  );
  for (const each of differences) console.log(`         ${each}`);
}
process.exit(wrong === 0 ? 0 : 1);
