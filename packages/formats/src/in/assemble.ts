import type { Contract, ContractColumn, OutputPort } from "@meshwork/contract";
import { durationOf, kebabName, snakeName } from "@meshwork/contract";
import { defined } from "./columns.ts";
import type { Imported, ImportedPort, ImportedReference, ImportLoss } from "./define-import.ts";
import type { ContractIds, PortIds } from "../ids/contract-ids.ts";

/** What the person who imports says; all else is taken from the source or assumed. */
export interface ImportAnswers {
  /** `orders`, or `sales.orders`. */
  readonly name?: string | undefined;
  readonly domain?: string | undefined;
  readonly owner?: string | undefined;
  readonly version?: string | undefined;
  readonly description?: string | undefined;
  /** A duration: `24h`. */
  readonly freshness?: string | undefined;
  /** The source's file name, for want of another name. */
  readonly file: string;
}

export interface AssembledContract {
  readonly contract: Contract;
  /** What nobody said and a contract needs, one sentence each. */
  readonly assumed: readonly string[];
  readonly losses: readonly ImportLoss[];
  /** Numbers that the source gives its columns. */
  readonly ids?: ContractIds | undefined;
  /** The port's name in the contract for each port of the source, in the source's order. */
  readonly portNames: readonly string[];
}

/** Schemas that every database has: they say nothing of a domain. */
const sayNothing = new Set(["", "public", "main", "dbo", "default", "schema", "information-schema", "temp", "mesh"]);
const firstVersion = "1.0.0";

/** Makes the contract of what a source says. Pure: equal input gives an equal contract. */
export function assemble(imported: Imported, answers: ImportAnswers): AssembledContract {
  const assumed: string[] = [];
  const losses: ImportLoss[] = [];
  const { product: said = {} } = imported;
  const ports = withoutMajor(imported.ports);
  const parts = answers.name?.split(".") ?? [];

  const spaces = [
    ...new Set(
      imported.ports.map((port) =>
        kebabName(
          port.namespace
            ?.split(/[./]/)
            .filter((s) => !/^v\d+$/.test(s))
            .at(-1) ?? "",
        ),
      ),
    ),
  ];
  const space = spaces.length === 1 && !sayNothing.has(spaces[0]!) ? spaces[0] : undefined;
  const domain = kebabName(answers.domain ?? (parts.length > 1 ? parts[0]! : (said.domain ?? space ?? "")));
  if (domain === "") assumed.push('domain: "imported", because nothing names one (--domain)');
  const [only] = ports.names;
  const stem = kebabName(answers.file.replace(/^.*[/\\]/, "").replace(/\..*$/, ""));
  const product =
    kebabName(parts.at(-1) ?? said.name ?? (ports.names.length === 1 ? only! : stem)) ||
    kebabName(only ?? "") ||
    stem ||
    "imported";

  const version = answers.version ?? said.version ?? ports.version;
  const owner = answers.owner ?? said.owner;
  const assumedOwner = `team-${domain || "imported"}@example.com`;
  if (owner === undefined) assumed.push(`owner: ${assumedOwner}, because nothing names one (--owner)`);
  const freshness = durationOf(answers.freshness ?? "24h");
  if (answers.freshness === undefined)
    assumed.push("sla.freshness: 24h, because no schema says how old data may be (--freshness)");

  const names = uniqueNames(
    ports.names.map((name) => snakeName(name)),
    ports.names.length === 1 ? snakeName(product) : undefined,
  );
  for (const [i, name] of ports.names.entries()) {
    if (ports.names.length > 1 && bare(names[i]!) !== bare(name))
      losses.push({
        feature: "name",
        message: `"${name}" is the port ${names[i]!} here.`,
        port: names[i]!,
        span: imported.ports[i]!.span,
      });
  }
  const main = names.indexOf(snakeName(product));
  const references = referencesOf(imported.ports, names, main, `${domain || "imported"}.${product}`, losses);
  const made = imported.ports.map((port, i): OutputPort => portOf(port, names[i]!, i === main, references[i]!));
  const contract: Contract = defined({
    kind: "DataProduct" as const,
    dialect: "datamesh.io/v1",
    id: `${domain || "imported"}.${product}`,
    name: `${domain || "imported"}.${snakeName(product)}`,
    domain: domain || "imported",
    product,
    version: version ?? firstVersion,
    title: said.title ?? (main >= 0 ? imported.ports[main]!.title : undefined),
    description: answers.description ?? said.description ?? (main >= 0 ? imported.ports[main]!.description : undefined),
    status: "draft" as const,
    tags: [...(said.tags ?? [])],
    previousVersions: [],
    owner: owner ?? assumedOwner,
    ownership: {},
    useCases: [],
    sla: freshness === undefined ? {} : { freshness },
    inputs: [],
    ports: main >= 0 ? [made[main]!, ...made.filter((_, i) => i !== main)] : made,
    lineage: { upstream: (said.upstream ?? []).map(upstreamOf), downstream: [] },
    access: { roles: [], policies: [], purposes: [] },
    extensions: {},
  });
  return { contract, assumed, losses, ids: idsOf(imported.ports, names, contract.version), portNames: names };
}

function upstreamOf(text: string): Contract["lineage"]["upstream"][number] {
  const [domain = "", product = ""] = text.split(".");
  return { text, domain, product };
}

function portOf(
  port: ImportedPort,
  name: string,
  isDefault: boolean,
  references: ReadonlyMap<string, string>,
): OutputPort {
  return defined({
    name,
    default: isDefault,
    title: isDefault ? undefined : port.title,
    // The default port is the product: its description is the product's.
    description: isDefault ? undefined : port.description,
    columns: port.columns.map((column): ContractColumn => {
      const to = references.get(column.name);
      return to === undefined ? column : { ...column, constraints: { ...column.constraints, references: to } };
    }),
    checks: port.checks,
    sla: {},
    at: [],
  });
}

/** Case and what joins words are a matter of taste. */
const bare = (name: string): string => name.toLowerCase().replaceAll(/[_\s-]/g, "");

/** Relations that all end in the same major version (`orders_v2`) are ports without it, of that version. */
function withoutMajor(ports: readonly ImportedPort[]): { names: readonly string[]; version: string | undefined } {
  const found = ports.map((port) => /^(.+)_v([1-9]\d{0,3})$/i.exec(port.name));
  const majors = new Set(found.map((match) => match?.[2]));
  const [major] = majors;
  if (majors.size !== 1 || major === undefined) return { names: ports.map((port) => port.name), version: undefined };
  return { names: found.map((match) => match![1]!), version: `${major}.0.0` };
}

/** Legal names, each unlike every other; `whole` is what a single port is called. */
function uniqueNames(names: readonly string[], whole: string | undefined): string[] {
  if (whole !== undefined) return [whole];
  const taken = new Set<string>();
  return names.map((name) => {
    const legal = /^[a-z]/.test(name) ? name : `port_${name}`.replace(/_$/, "");
    let found = legal;
    for (let n = 2; taken.has(found); n++) found = `${legal}_${n}`;
    taken.add(found);
    return found;
  });
}

function referencesOf(
  ports: readonly ImportedPort[],
  names: readonly string[],
  main: number,
  product: string,
  losses: ImportLoss[],
): Map<string, string>[] {
  const targetOf = (reference: ImportedReference, from: ImportedPort): number => {
    const same = (each: ImportedPort): boolean => each.name === reference.port;
    const space = reference.namespace ?? from.namespace;
    const exact = ports.findIndex((port) => same(port) && port.namespace === space);
    return exact >= 0 ? exact : ports.findIndex(same);
  };
  return ports.map((port, i) => {
    const found = new Map<string, string>();
    for (const reference of port.references ?? []) {
      const at = targetOf(reference, port);
      const keys = ports[at]?.columns.filter((column) => column.constraints.primaryKey === true) ?? [];
      const to = reference.to ?? (keys.length === 1 ? keys[0]!.name : undefined);
      const path = [product, ...(at === main ? [] : [names[at]]), to].join(".");
      const writable = to !== undefined && !/[.\s]/.test(to) && to.length <= 100;
      if (at >= 0 && writable && !found.has(reference.column)) found.set(reference.column, path);
      else
        losses.push({
          feature: "references",
          message: `"${reference.column}" refers to ${reference.port}${to === undefined ? "" : `.${to}`}, which is not in this contract: write references with its product's name.`,
          port: names[i],
          column: reference.column,
          span: reference.span,
        });
    }
    return found;
  });
}

function idsOf(ports: readonly ImportedPort[], names: readonly string[], version: string): ContractIds | undefined {
  const major = /^\d+/.exec(version)?.[0] ?? "1";
  const entries = ports.flatMap((port, i): [string, PortIds][] => {
    if (port.ids === undefined) return [];
    const columns = Object.fromEntries(Object.entries(port.ids).sort((a, b) => a[1] - b[1]));
    return [[`${names[i]!}@${major}`, { last: Math.max(0, ...Object.values(port.ids)), columns }]];
  });
  return entries.length === 0
    ? undefined
    : { version: 1, ports: Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))) };
}
