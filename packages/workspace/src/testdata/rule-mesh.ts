import type { Diagnostic } from "@meshwork/diagnostics";
import { lint, typecheck } from "../index.ts";
import { scratchMesh } from "./scratch-mesh.ts";

export interface SmallProduct {
  readonly metadata?: string;
  /** Lines of `spec`, without indentation. */
  readonly spec?: string;
  readonly fields?: readonly string[];
  readonly sql?: string;
  readonly models?: Readonly<Record<string, string>>;
}

/** A mesh of small products by name; each reads what its lines say. */
export function ruleMesh(products: Readonly<Record<string, SmallProduct>>, more: Record<string, string> = {}): string {
  const files: Record<string, string> = { ...more };
  for (const [name, { metadata = "", spec = "", fields = ["name: id, type: string"], sql, models }] of Object.entries(
    products,
  )) {
    const [domain, product = ""] = name.split(".");
    const folder = `domains/${domain}/${product}`;
    const lines = spec.split("\n").filter((line) => line !== "");
    files[`${folder}/data-product-contract.yaml`] = [
      "apiVersion: datamesh.io/v1",
      "kind: DataProduct",
      `metadata: { name: ${product}, domain: ${domain}, version: 1.0.0${metadata} }`,
      "spec:",
      ...[`owner: team@scratch.example`, ...lines, "schema:", "  fields:"].map((line) => `  ${line}`),
      ...fields.map((field) => `      - { ${field} }`),
      "",
    ].join("\n");
    const text = sql ?? `select ${fields.map((f) => `null as ${/name: (\w+)/.exec(f)![1]}`).join(", ")}`;
    files[`${folder}/models/${product.replaceAll("-", "_")}.sql`] = text;
    for (const [model, body] of Object.entries(models ?? {})) files[`${folder}/models/${model}.sql`] = body;
  }
  return scratchMesh(files);
}

export const today = new Date("2026-11-21T12:00:00Z");

type Found = { product: string | undefined; severity: string; message: string; help: string; at: string };

const of = (code: string, found: readonly Diagnostic[]): Found[] =>
  found
    .filter((d) => d.code === code)
    .map((d) => ({
      product: d.product,
      severity: d.severity,
      message: d.message,
      help: d.help ?? "",
      at: d.span ? `${d.span.file}:${d.span.line}` : "nowhere",
    }));

/** What lint finds of one code. */
export const linted = async (code: string, root: string, products?: string[]): Promise<Found[]> =>
  of(code, (await lint({ root, products, now: today })).diagnostics);

/** What typecheck finds of one code. */
export const typechecked = async (code: string, root: string): Promise<Found[]> =>
  of(code, (await typecheck({ root, now: today })).diagnostics);
