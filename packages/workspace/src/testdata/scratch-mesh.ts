import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { diskHost, diskView, planSync } from "@meshwork/scaffold";

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** The usual mesh.yaml, with more lines under `spec` (indented by two). */
export const mesh = (spec = "") => `apiVersion: datamesh.io/v1
kind: Mesh
metadata: { name: scratch }
spec:
  npm_scope: "@scratch"
  targets:
    dev: { engine: duckdb, path: .mesh/lake/dev }
${spec}`;

const domain = (name: string) => `apiVersion: datamesh.io/v1
kind: Domain
metadata: { name: ${name} }
spec: { owner: team-${name}@scratch.example }
`;

/** A mesh in a folder of its own; files that are not given but needed (mesh.yaml, domain.yaml) are the usual ones. */
export function scratchMesh(files: Readonly<Record<string, string>>, options: { synced?: boolean } = {}): string {
  const root = mkdtempSync(join(tmpdir(), "meshwork-"));
  made.push(root);
  const all: Record<string, string> = { "mesh.yaml": mesh() };
  for (const path of Object.keys(files)) {
    const name = /^domains\/([^/]+)\//.exec(path)?.[1];
    if (name) all[`domains/${name}/domain.yaml`] = domain(name);
  }
  put(root, { ...all, ...files });
  if (options.synced ?? true) {
    // What the caller gave is what the test is about, stale as it may be.
    const actions = planSync(diskView(root)).actions.filter((a) => !(a.path in files));
    diskHost(root).apply(actions);
  }
  return root;
}

export function put(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

export interface ProductText {
  readonly version?: string;
  readonly upstream?: string;
  /** Lines of flow mappings, one a column. */
  readonly fields: readonly string[];
  readonly checks?: readonly string[];
}

/** The text of a small contract. */
export const contract = (name: string, text: ProductText): string => {
  const [domainName, product] = name.split(".");
  return `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: ${product}, domain: ${domainName}, version: ${text.version ?? "1.0.0"}, description: A product of the test. }
spec:
  owner: team-${domainName}@scratch.example
  sla: { availability: "99%" }
  lineage: { upstream: [${text.upstream ?? "raw.files"}] }
  schema:
    fields:
${text.fields.map((f) => `      - { ${f} }`).join("\n")}
${text.checks ? `  quality:\n    checks:\n${text.checks.map((c) => `      - { ${c} }`).join("\n")}\n` : ""}`;
};

/** A product's files: contract and models by name. */
export function product(name: string, text: ProductText, models: Readonly<Record<string, string>>): Record<string, string> {
  const folder = `domains/${name.replace(".", "/")}`;
  const files: Record<string, string> = { [`${folder}/data-product-contract.yaml`]: contract(name, text) };
  for (const [model, sql] of Object.entries(models)) files[`${folder}/models/${model}.sql`] = sql;
  return files;
}
