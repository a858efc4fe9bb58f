import type { Diagnostic } from "@meshwork/diagnostics";
import { nearest } from "@meshwork/diagnostics";
import type { DataProductAnswers } from "./data-product.answers.ts";
import { ownerOf } from "./mesh-facts.ts";
import { checkName } from "./names.ts";
import type { ScaffoldRecord } from "./record.ts";
import { scaffoldCodes } from "./scaffold-codes.ts";
import type { DomainEntry, WorkspaceView } from "./view.ts";
import { contractFileOf, domainsIn, productsOf } from "./view.ts";

type Located = { domain: DomainEntry; product: string; domains: DomainEntry[] } | { diagnostic: Diagnostic };

/** The domain and name that an answer means, or what is wrong with it. */
export function locate(answers: DataProductAnswers, view: WorkspaceView): Located {
  const domains = domainsIn(view);
  const known = domains.map((d) => d.name);
  // `domains/orders/facts`, as a shell completes it, means the same as `orders/facts`.
  const text = answers.name
    .trim()
    .replace(/^(\.\/)?domains\//, "")
    .replace(/\/+$/, "");
  const parts = text.split(/[/.]/);
  if (text === "") return { diagnostic: scaffoldCodes.create("answer-missing", { flag: "name", known: [] }) };
  if (parts.length > 2 || text.includes("..")) {
    const why = `it has more than a domain and a name`;
    return { diagnostic: scaffoldCodes.create("name-invalid", { what: "data product", name: text.slice(0, 80), why }) };
  }
  const product = parts.at(-1)!;
  const named = parts.length === 2 ? parts[0]! : answers.domain;
  if (parts.length === 2 && answers.domain !== undefined && answers.domain !== named) {
    const why = `--domain says ${answers.domain}`;
    return { diagnostic: scaffoldCodes.create("name-invalid", { what: "data product", name: text, why }) };
  }
  const only = domains.length === 1 ? domains[0]!.name : undefined;
  const wanted = named ?? only;
  if (wanted === undefined) {
    const help = domains.length === 0 ? "make one first: nx g domain <name>" : undefined;
    return {
      diagnostic: scaffoldCodes.create("answer-missing", { flag: "domain", known }, help === undefined ? {} : { help }),
    };
  }
  const domain = domains.find((d) => d.name === wanted);
  if (!domain) {
    const bad = checkName("domain", wanted);
    // A slip is told as one; a name that no domain can have is told why.
    if (bad && nearest(wanted, known).length === 0) return { diagnostic: bad };
    return {
      diagnostic: scaffoldCodes.create(
        "unknown-domain",
        { domain: wanted, known },
        bad ? { help: "see them: ls domains" } : {},
      ),
    };
  }
  const bad = checkName("data product", product);
  return bad ? { diagnostic: bad } : { domain, product, domains };
}

/** What stands at the place already, unless a generator made it. */
export function takenBy(
  view: WorkspaceView,
  domain: DomainEntry,
  product: string,
  record: ScaffoldRecord | undefined,
): Diagnostic | undefined {
  if (record?.template === "data-product") return undefined;
  const directory = `${domain.directory}/${product}`;
  const names = view.list(directory);
  if (names.length === 0) return undefined;
  const contract = contractFileOf(names);
  const place = contract ? `${directory}/${contract}` : directory;
  const owner = contract ? ownerOf(view, { contractFile: place, domain: domain.name, product }) : undefined;
  return scaffoldCodes.create("name-taken", { name: `${domain.name}.${product}`, place, owner });
}

/** dbt's model and seed names are unique per project, and a domain is one project. */
export function modelClash(
  view: WorkspaceView,
  domain: DomainEntry,
  directory: string,
  paths: readonly string[],
): Diagnostic | undefined {
  const resource = /\/(?:models|seeds|snapshots)\/(?:.*\/)?([^/]+)\.(?:sql|csv)$/;
  const others = new Map<string, string>();
  const walk = (folder: string, depth: number): void => {
    for (const name of view.list(folder)) {
      const path = `${folder}/${name}`;
      const found = resource.exec(path)?.[1];
      if (found !== undefined) others.set(found, path);
      else if (!name.includes(".") && depth < 6) walk(path, depth + 1);
    }
  };
  for (const other of productsOf(view, domain)) {
    if (other.directory === directory) continue;
    for (const kind of ["models", "seeds", "snapshots"]) walk(`${other.directory}/${kind}`, 0);
  }
  for (const path of paths) {
    const name = resource.exec(path)?.[1];
    const place = name === undefined ? undefined : others.get(name);
    if (name !== undefined && place !== undefined)
      return scaffoldCodes.create("name-taken", { name, place, owner: undefined });
  }
  return undefined;
}
