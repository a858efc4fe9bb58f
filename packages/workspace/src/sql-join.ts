import { snakeName } from "@meshwork/contract";
import type { UpstreamReference } from "@meshwork/contract";
import { withMajor } from "@meshwork/contract";
import type { Diagnostic, Path } from "@meshwork/diagnostics";
import { producerOf } from "./graph.ts";
import type { Projects } from "./projects.ts";
import { portModelNames } from "./projects.ts";
import { productSqlArea, meshWideArea } from "./rules/area.ts";
import type { TypeScriptConsumer } from "./typescript-consumers.ts";
import type { Product, Workspace } from "./workspace.ts";

/** What shows only when a product's SQL is held against its contract. No engine is asked. */
export function joinFindings(
  workspace: Workspace,
  projects: Projects,
  product: Product,
  consumers: readonly TypeScriptConsumer[],
): Diagnostic[] {
  const contract = product.contract;
  if (!contract) return [];
  const out: Diagnostic[] = [];
  const at = (path: readonly (string | number)[]) => ({
    product: product.name,
    path,
    span: () => product.read.source.spanOf(path),
  });

  const models = projects.facts(product).nodes.get(product.name) ?? [];
  for (const port of contract.ports) {
    if (
      !models.some(
        (n) => !n.test && [n.name, snakeName(n.name)].some((name) => portModelNames(product, port).includes(name)),
      )
    ) {
      out.push(
        productSqlArea.create(
          "port-without-model",
          { port: port.name, names: portModelNames(product, port) },
          { ...at(port.at), ...unlistedFolder(workspace, projects, product) },
        ),
      );
    }
  }

  const named = new Map<string, Path>();
  const nameOf = (u: UpstreamReference) => producerOf(workspace, withMajor(contract, u))?.name ?? u.text;
  contract.lineage.upstream.forEach((u, i) => named.set(nameOf(u), ["spec", "lineage", "upstream", i]));
  for (const input of contract.inputs) named.set(nameOf(input.from), [...input.at, "from"]);
  const read = new Map<string, Diagnostic["span"]>();
  for (const node of models) {
    for (const d of node.ports) if (d.product !== product.name && !read.has(d.product)) read.set(d.product, d.place);
  }
  for (const [upstream, span] of read) {
    if (!named.has(upstream))
      out.push(meshWideArea.create("undeclared-upstream", { upstream }, { product: product.name, span }));
  }
  const imported = new Set(
    consumers
      .filter((c) => c.directory.startsWith(`${product.directory}/`))
      .flatMap((c) => c.imports.map((i) => i.product)),
  );
  for (const [upstream, path] of named) {
    const known = workspace.products.has(upstream);
    if (known && !read.has(upstream) && !imported.has(upstream))
      out.push(meshWideArea.create("unread-upstream", { upstream }, at(path)));
  }
  return out;
}

/** A product made by hand has models that its domain's project does not know of: nothing in them is read. */
function unlistedFolder(workspace: Workspace, projects: Projects, product: Product): { help?: string } {
  const project = projects.facts(product);
  const folder = `${product.directory}/models`;
  if (project.nodes.has(product.name) || workspace.files.list(folder) === undefined) return {};
  const below = folder.slice(project.displayPath.length + 1);
  return { help: `${folder} is not read yet: add ${below} to model-paths in ${project.displayPath}/dbt_project.yml` };
}
