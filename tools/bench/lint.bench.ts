import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { readContract, writeOdcs } from "@meshwork/contract";
import { growth, measure, report } from "./measure.ts";
import type { Measured, Subject } from "./measure.ts";
import { sampleMesh } from "./sample-mesh.ts";

export interface LintBenchmark {
  readonly sizes: readonly number[];
  readonly runs: number;
  /** A Python that has datacontract-cli; `python3` where absent. */
  readonly datacontract: string | undefined;
  /** Absolute. */
  readonly repository: string;
}

/** Above this the peer's time is a matter of hours, and one figure a contract says the same. */
const PEER_LIMIT = 100;
const COLUMNS = 40;

/**
 * Linting whole meshes: contracts of 40 columns with their SQL, locks and policies. The floor reads and checks the
 * contracts alone. The peer gets the same contracts in the Open Data Contract Standard, which is what it reads.
 */
export async function lintBenchmark(options: LintBenchmark): Promise<void> {
  const peer = peerOf(options.datacontract ?? "python3");
  if (peer === undefined)
    console.log(
      "\ndatacontract lint: skipped: needs datacontract (a Python that has datacontract-cli; --datacontract PYTHON)",
    );
  const growing: { size: number; measured: Measured[] }[] = [];
  for (const size of options.sizes) growing.push({ size, measured: await ofMesh(size, {}, options, peer) });
  growth("lint, growth with the number of contracts", growing, "one call");
  // Five lines a column.
  await ofMesh(1, { fields: 1000, block: true }, options, peer);
}

async function ofMesh(
  size: number,
  shape: { fields?: number; block?: boolean },
  { repository, runs }: LintBenchmark,
  peer: string | undefined,
): Promise<Measured[]> {
  const sample = await sampleMesh(size, { fields: COLUMNS, ...shape });
  try {
    const { root } = sample;
    const mesh = ["node", join(repository, "packages/cli/bin/mesh.js"), "lint"];
    const floors = join(repository, "tools/dist/bench/floors.js");
    const cold = () => rmSync(join(root, ".mesh/cache"), { recursive: true, force: true });
    const edited = join(root, "domains/d0/p0/data-product-contract.yaml");
    const text = readFileSync(edited, "utf8");
    let edits = 0;
    const edit = () => writeFileSync(edited, `${text}# edit ${++edits}\n`);
    const subjects: Subject[] = [
      { name: "mesh lint, cold", argv: mesh, cwd: root, before: cold },
      { name: "mesh lint, nothing changed", argv: mesh, cwd: root },
      { name: "mesh lint, one edit", argv: mesh, cwd: root, before: edit },
      ...peerSubjects(peer, size, root, repository),
      { name: "floor: read and hash all files", argv: ["node", floors, "read-and-hash", root], cwd: repository },
      {
        name: "floor: read, YAML, JSON Schema",
        argv: ["node", floors, "validate-contracts", root, compiledSchema(repository)],
        cwd: repository,
      },
    ];
    const measured = measure(subjects, size > 1000 ? Math.min(runs, 3) : runs);
    const lines = text.split("\n").length;
    report(
      `lint, ${size} ${size === 1 ? `contract of ${lines} lines` : `contracts of ${COLUMNS} columns`}`,
      measured,
      "mesh lints SQL, locks and policies too",
    );
    return measured;
  } finally {
    sample.remove();
  }
}

function peerSubjects(python: string | undefined, size: number, root: string, repository: string): Subject[] {
  if (python === undefined || size > PEER_LIMIT) return [];
  const files = Array.from({ length: size }, (_, n) => odcsFile(root, n));
  const script = join(repository, "tools/bench/datacontract_lint.py");
  const subject = (name: string, mode: string, each: readonly string[]): Subject => ({
    name,
    argv: [python, script, mode, ...each],
    cwd: root,
  });
  return [
    subject(`datacontract, its API in a loop`, "loop", files),
    subject("datacontract lint, one call", "call", files.slice(0, 1)),
  ];
}

/** The sample's contract as the standard says it, outside of what the floors read. */
function odcsFile(root: string, n: number): string {
  const folder = `domains/d${Math.floor(n / 25)}/p${n}`;
  const file = `${folder}/data-product-contract.yaml`;
  const { value } = readContract({ file, text: readFileSync(join(root, file), "utf8") });
  const out = join(root, `.mesh/odcs/p${n}.odcs.yaml`);
  mkdirSync(join(root, ".mesh/odcs"), { recursive: true });
  writeFileSync(out, writeOdcs(value!).text);
  return out;
}

function peerOf(python: string): string | undefined {
  const probe = spawnSync(python, ["-c", "import datacontract.data_contract"], { stdio: "ignore" });
  return probe.status === 0 ? python : undefined;
}

let schemaFile: string | undefined;

/** The contract's JSON Schema as a program, made before anything is measured. */
function compiledSchema(repository: string): string {
  if (schemaFile !== undefined) return schemaFile;
  const schema = JSON.parse(
    readFileSync(join(repository, "packages/contract/schema/data-product.v1.schema.json"), "utf8"),
  ) as object;
  const ajv = new Ajv2020({ strict: false, code: { source: true, esm: true } });
  schemaFile = join(repository, "tools/dist/bench/data-product.validator.js");
  // The program of a draft 2020-12 schema takes small parts of ajv with `require`.
  const head = `import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);\n`;
  writeFileSync(schemaFile, head + standalone.default(ajv, ajv.compile(schema)));
  return schemaFile;
}
