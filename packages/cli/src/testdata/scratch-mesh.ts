import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import type { Host } from "../host.ts";
import { main } from "../program.ts";

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** Two products of two domains, one reading the other: what every golden is printed from. */
export const files: Readonly<Record<string, string>> = {
  "mesh.yaml": `apiVersion: datamesh.io/v1
kind: Mesh
metadata: { name: scratch }
spec:
  npm_scope: "@scratch"
  default_target: dev
  targets:
    dev: { engine: duckdb, path: .mesh/lake/dev }
    prod: { engine: trino, url: { env: TRINO_URL } }
  publish:
    local: { kind: meshwork, url: embedded }
`,
  "domains/shop/domain.yaml": `apiVersion: datamesh.io/v1
kind: Domain
metadata: { name: shop }
spec: { owner: team-shop@scratch.example }
`,
  "domains/finance/domain.yaml": `apiVersion: datamesh.io/v1
kind: Domain
metadata: { name: finance }
spec: { owner: team-finance@scratch.example }
`,
  "domains/shop/orders/data-product-contract.yaml": `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: orders, domain: shop, version: 1.0.0, description: Orders of the shop. }
spec:
  owner: team-shop@scratch.example
  sla: { availability: "99%" }
  lineage: { upstream: [raw.files] }
  schema:
    fields:
      - { name: order_id, type: bigint, description: The order. }
      - { name: amount, type: "decimal(10,2)", description: What was paid. }
  quality:
    checks:
      - { column: order_id, assertion: unique }
      - { column: amount, assertion: not_null }
`,
  "domains/shop/orders/models/orders.sql": `select 1::bigint as order_id, 9.5::decimal(10,2) as amount
union all select 2::bigint, 3.25::decimal(10,2)
`,
  "domains/finance/revenue/data-product-contract.yaml": `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: revenue, domain: finance, version: 1.0.0, description: What the shop earns. }
spec:
  owner: team-finance@scratch.example
  sla: { availability: "99%" }
  lineage: { upstream: [shop.orders] }
  schema:
    fields:
      - { name: total, type: "decimal(38,2)", description: All of it. }
`,
  "domains/finance/revenue/models/revenue.sql": `select sum(amount)::decimal(38,2) as total from {{ ref("shop", "orders") }}
`,
  ".gitignore": ".mesh/\ntarget/\n",
};

export const orders = "domains/shop/orders/data-product-contract.yaml";
export const ordersModel = "domains/shop/orders/models/orders.sql";

/** A scratch mesh in a folder of its own, generated files written and everything committed; `changes` come after that. */
export async function scratch(changes: Readonly<Record<string, string>> = {}): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), "mesh-cli-"));
  made.push(root);
  put(root, files);
  const done = await mesh(root, "sync");
  if (done.code !== 0) throw new Error(`sync of the scratch mesh: ${done.stdout}${done.stderr}`);
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", root, "-c", "user.name=t", "-c", "user.email=t@scratch.example", ...args]);
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("commit", "-qm", "base");
  put(root, changes);
  return root;
}

export function put(root: string, texts: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** A text of the scratch mesh with one part replaced; the part has to be there. */
export function edited(path: string, from: string, to: string): Record<string, string> {
  const text = files[path]!;
  if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`);
  return { [path]: text.replace(from, to) };
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line as the process would, in this process. */
export async function mesh(root: string, ...argv: string[]): Promise<Ran> {
  return runIn({ cwd: root }, ...argv);
}

export async function runIn(
  host: { cwd: string; env?: Record<string, string>; terminal?: boolean; columns?: number; interrupt?: Promise<void> },
  ...argv: string[]
): Promise<Ran> {
  let stdout = "";
  let stderr = "";
  const stream = (write: (text: string) => void): Host["stdout"] => ({
    isTTY: host.terminal ?? false,
    columns: host.columns,
    write: async (text) => write(text),
  });
  const code = await main(argv, {
    cwd: host.cwd,
    env: host.env ?? {},
    stdout: stream((text) => (stdout += text)),
    stderr: { ...stream((text) => (stderr += text)), isTTY: false },
    onInterrupt(call) {
      let listening = true;
      void host.interrupt?.then(() => listening && call());
      return () => void (listening = false);
    },
  });
  return { code, stdout, stderr };
}

/** What differs from run to run: durations, ages, the scratch folder, free space, versions. */
export const steady = (text: string, root = ""): string =>
  text
    .replaceAll(root === "" ? "\u0000" : root, "<root>")
    .replace(/\(\d+\.\d s(?=[,)])/g, "(N s")
    .replace(/ +\d+\.\d s$/gm, "  N s")
    .replace(/\d+\.\d GB free/g, "N GB free")
    .replace(/(node +)\d+\.\d+\.\d+/g, "$1N")
    .replace(/(duckdb +)v\d+\.\d+\.\d+/g, "$1vN");
