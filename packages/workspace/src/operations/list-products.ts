import type { Mesh, Read } from "@meshwork/contract";
import { emptyMesh, readMesh } from "@meshwork/contract";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering, Refusal } from "../operation.ts";
import { discover, readText } from "../places.ts";
import { choosePlaces } from "../workspace.ts";

/** The names of the products, from folders and mesh.yaml alone: no contract is parsed, nothing is loaded for it. */
export const listProducts = (
  options: Pick<OperationOptions, "root" | "products">,
): Promise<OperationResult<readonly string[]>> =>
  answering([], async () => {
    const text = readText(options.root, "mesh.yaml");
    const read = text === undefined ? undefined : readMesh({ file: "mesh.yaml", text });
    // Without its mesh.yaml nobody knows where the domains are: a list of the usual places would look whole.
    if (read && !read.value) throw new Refusal(brokenMesh(read));
    const mesh = read?.value ?? emptyMesh();
    const { domains, products } = discover(options.root, mesh.domains);
    const { places, unknown } = choosePlaces(products, new Set(domains.map((d) => d.name)), options.products);
    if (unknown[0]) throw new Refusal(unknownProduct(unknown[0]));
    const results = places.map((p) => p.name);
    return { exitCode: 0, diagnostics: [], summary: { products: results.length }, results };
  });

/** Why nothing is done in a mesh whose one file is wrong: the first error, and where it is. */
export function brokenMesh(read: Read<Mesh>): string {
  const wrong = read.diagnostics.find((d) => d.severity === "error");
  if (!wrong) return "mesh.yaml cannot be read.\nmesh lint says more.";
  const place = wrong.span ? `${wrong.span.file}:${wrong.span.line}:${wrong.span.column}: ` : "";
  return `${place}${wrong.message} [${wrong.code}]\nCorrect mesh.yaml first: ${wrong.help ?? "mesh lint says more"}.`;
}

/** `No product "orders.fact". Did you mean orders.facts?`, and how to see them all. */
export const unknownProduct = (unknown: { argument: string; candidates: readonly string[] }): string => {
  const near = unknown.candidates[0];
  return `No product "${unknown.argument}".${near ? ` Did you mean ${near}?` : ""}\nmesh ls lists them.`;
};
