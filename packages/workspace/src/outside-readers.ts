import { majorOf, snakeName } from "@meshwork/contract";
import { hits } from "./consumers.ts";
import type { LoadedMesh } from "./load-mesh.ts";
import type { Touched } from "./operations/diff.ts";
import type { OutsideReader } from "./outside-reader.ts";
import type { PortUsage, UsageReader, UsageRecord } from "./usage/usage-record.ts";
import { portVersionKey, readUsage } from "./usage/usage-record.ts";
import type { Product } from "./workspace.ts";

export interface OutsideView {
  readonly readers: readonly OutsideReader[];
  /** Roles that may read it while no log tells whether they do. */
  readonly unseen: readonly string[];
}

/** Who reads products from outside the workspace: imported usage, exposures, what contracts declare, and grants. */
export class OutsideReaders {
  readonly #mesh: LoadedMesh;
  readonly #records: readonly UsageRecord[];
  #exposures: readonly Exposure[] | undefined;

  constructor(mesh: LoadedMesh) {
    this.#mesh = mesh;
    this.#records = readUsage(mesh.workspace.root);
  }

  /** Of the product as its contract says; readers of former majors are among them. */
  of(product: Product): OutsideView {
    const { contract } = product;
    if (!contract) return { readers: [], unseen: [] };
    const readers = [
      ...this.#usageOf(product),
      ...(this.#exposures ??= exposuresOf(this.#mesh)).filter((e) => e.product === product.name).map((e) => e.reader),
      ...this.#declaredBy(product),
    ];
    // A log that has seen no statement on a port does not know it: then silence means nothing.
    const major = majorOf(contract.version);
    const known = contract.ports.every((port) => this.#ports(contract.id, portVersionKey(port.name, major)).length > 0);
    return { readers, unseen: known ? [] : contract.access.roles };
  }

  #ports(id: string, key: string): PortUsage[] {
    return this.#records.flatMap((record) =>
      own(record.products, id) ? (own(own(record.products, id)!.ports, key) ?? []) : [],
    );
  }

  /** Readers of this version, and of those that nobody keeps alive where this is the newest. */
  #usageOf({ name, base, contract }: Product): OutsideReader[] {
    const { id, version } = contract!;
    const others = [...this.#mesh.workspace.products.values()].flatMap((p) =>
      p.contract?.id === id && p.name !== name ? [majorOf(p.contract.version)] : [],
    );
    const mine = (major: number): boolean => major === majorOf(version) || (name === base && !others.includes(major));
    return this.#records.flatMap((record) =>
      Object.entries(own(record.products, id)?.ports ?? {}).flatMap(([key, usage]) => {
        const at = key.lastIndexOf("@");
        const major = Number(key.slice(at + 1));
        return mine(major) ? usage.readers.map((reader) => usageReader(reader, key.slice(0, at), major)) : [];
      }),
    );
  }

  #declaredBy({ contract }: Product): OutsideReader[] {
    const { workspace } = this.#mesh;
    return contract!.lineage.downstream
      .filter((reference) => !workspace.domains.has(reference.domain))
      .map((reference) => ({ ...blank, kind: "declared" as const, name: reference.text }));
  }
}

const blank = { owner: null, port: null, major: null, columns: null, lastSeen: null, count: null };

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

const usageReader = (reader: UsageReader, port: string, major: number): OutsideReader => {
  const { user, role, tool, columns, unknownColumns, lastSeen, count } = reader;
  const who = [...(role === undefined ? [] : [`role ${role}`]), ...(user === undefined ? [] : [`user ${user}`])];
  return {
    kind: "usage",
    name: `${who.join(", ") || "somebody"}${tool === undefined ? "" : ` with ${tool}`}`,
    owner: null,
    port,
    major,
    columns: unknownColumns > 0 ? null : Object.keys(columns).sort(),
    lastSeen,
    count,
  };
};

interface Exposure {
  readonly product: string;
  readonly reader: OutsideReader;
}

/** dbt's exposures: dashboards, notebooks and the like that read a model which is a port, or another domain's port. */
function exposuresOf(mesh: LoadedMesh): Exposure[] {
  const { workspace, projects } = mesh;
  interface Named {
    readonly product: string;
    readonly port: string;
  }
  const byNode = new Map<string, Named>();
  const byName = new Map<string, Named>();
  for (const product of workspace.products.values())
    for (const port of product.contract?.ports ?? []) {
      const at = { product: product.name, port: port.name };
      byName.set(`${snakeName(product.domain)}.${snakeName(port.name)}`, at);
      const node = projects.modelOf(product, port);
      if (node) byNode.set(node.id, at);
    }
  return [...projects.all(workspace.products.values())].flatMap((project) =>
    [...project.declared.values()]
      .filter((d) => d.kind === "exposure")
      .flatMap(({ name, parents, details, place }) => {
        // A port of another domain is no node of this project: its ref is all there is.
        const named = refsOf(details["refs"]).flatMap((ref) => byName.get(ref) ?? []);
        const read = new Set([...parents.flatMap((parent) => byNode.get(parent) ?? []), ...named]);
        const { label, owner } = details;
        const reader = {
          ...blank,
          kind: "exposure" as const,
          name: typeof label === "string" && label !== "" ? label : name,
          owner: ownerOf(owner),
          place,
        };
        return [...read].map(({ product, port }) => ({ product, reader: { ...reader, port } }));
      }),
  );
}

/** `{package, name}` of refs with two arguments, as `domain.port`. */
const refsOf = (refs: unknown): string[] =>
  (Array.isArray(refs) ? refs : []).flatMap((ref: unknown) => {
    const [domain, port] = [keyIn(ref, "package"), keyIn(ref, "name")];
    return typeof domain === "string" && typeof port === "string" ? [`${snakeName(domain)}.${snakeName(port)}`] : [];
  });

const keyIn = (value: unknown, key: string): unknown =>
  value instanceof Map
    ? value.get(key)
    : typeof value === "object" && value !== null && Object.hasOwn(value, key)
      ? (value as Record<string, unknown>)[key]
      : undefined;

/** dbt writes `{name, email}`. */
function ownerOf(owner: unknown): string | null {
  const found = [keyIn(owner, "email"), keyIn(owner, "name")].find(
    (value) => typeof value === "string" && value !== "",
  );
  return typeof found === "string" ? found : null;
}

/** Whether a reader takes what changed. Of whom is not known which columns they read may read any. */
export function concerns(reader: OutsideReader, { contract }: Product, touched: readonly Touched[]): boolean {
  if (touched.length === 0 || (reader.major !== null && reader.major !== majorOf(contract!.version))) return false;
  const ports = contract!.ports
    .map((p) => p.name)
    .filter((p) => reader.port === null || snakeName(p) === snakeName(reader.port));
  return ports.some((port) =>
    reader.columns === null
      ? touched.some((t) => (t.port ?? port) === port)
      : reader.columns.some((column) => hits(touched, port, column)) ||
        touched.some((t) => t.column === undefined && (t.port ?? port) === port),
  );
}
