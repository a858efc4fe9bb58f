import type { Contract } from "@meshwork/contract";
import { majorOf } from "@meshwork/contract";
import type { SchemaNode } from "../tree/schema-tree.ts";
import { treesOf } from "../tree/schema-tree.ts";

/**
 * The numbers by which Protobuf and Iceberg know columns: per port and major version, each place of a value by its
 * path. Append-only: a number that was given stays with its path, also after the column is gone, and none is given
 * twice. Kept in `contract.ids.json` beside the contract, so that every machine gives the same.
 */
export interface ContractIds {
  readonly version: 1;
  /** By `<port>@<major>`. */
  readonly ports: Readonly<Record<string, PortIds>>;
}

export interface PortIds {
  /** The highest number given so far. */
  readonly last: number;
  /** By path: `lines`, `lines.element`, `lines.element.sku`, `attributes.key`; a dot in a name is `\.`. */
  readonly columns: Readonly<Record<string, number>>;
}

/** Which entry of the numbers is a port's. */
export const portKey = (contract: Contract, port: { readonly name: string }): string =>
  `${port.name}@${majorOf(contract.version)}`;

/** One more step of a path. A name that holds a dot must not look like two steps. */
export const pathStep = (path: string, name: string): string => {
  const step = name.replaceAll("\\", "\\\\").replaceAll(".", "\\.");
  return path === "" ? step : `${path}.${step}`;
};

// Protobuf keeps these for itself (developers.google.com/protocol-buffers, "Assigning Field Numbers").
const firstReserved = 19_000;
const lastReserved = 19_999;

/**
 * The numbers of a contract: all of `previous`, and the next free ones for what is new, level by level as Iceberg
 * numbers. Pure; numbers that cannot be (below 1, fractions, twice) are treated as not given.
 */
export function assignIds(previous: ContractIds | undefined, contract: Contract): ContractIds {
  const ports = new Map<string, PortIds>(Object.entries(previous?.ports ?? {}));
  for (const port of contract.ports) {
    const key = portKey(contract, port);
    const columns = soundNumbers(ports.get(key));
    let last = Math.max(soundLast(ports.get(key)), 0, ...columns.values());
    for (const path of pathsOf(treesOf(port.columns))) {
      if (columns.has(path)) continue;
      last += 1;
      if (last >= firstReserved && last <= lastReserved) last = lastReserved + 1;
      columns.set(path, last);
    }
    ports.set(key, { last, columns: Object.fromEntries([...columns].sort((a, b) => a[1] - b[1])) });
  }
  return { version: 1, ports: Object.fromEntries([...ports].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) };
}

const soundLast = (ids: PortIds | undefined): number => (Number.isSafeInteger(ids?.last) ? ids!.last : 0);

function soundNumbers(ids: PortIds | undefined): Map<string, number> {
  const seen = new Set<number>();
  return new Map(
    Object.entries(ids?.columns ?? {}).filter(([, id]) => {
      if (!Number.isSafeInteger(id) || id < 1 || seen.has(id)) return false;
      seen.add(id);
      return true;
    }),
  );
}

/** Outer ones first, so that a new column of the port has a small number. */
function pathsOf(roots: readonly SchemaNode[]): string[] {
  const paths: string[] = [];
  let level = roots.map((node) => ({ node, path: pathStep("", node.name) }));
  while (level.length > 0) {
    paths.push(...level.map(({ path }) => path));
    level = level.flatMap(({ node, path }) =>
      partsOf(node).map(([name, part]) => ({ node: part, path: pathStep(path, name) })),
    );
  }
  return paths;
}

/** What a nested value is made of, by the names that its paths have. */
export function partsOf({ shape }: SchemaNode): [string, SchemaNode][] {
  if (shape.kind === "array") return [["element", shape.element]];
  if (shape.kind === "map")
    return [
      ["key", shape.key],
      ["value", shape.value],
    ];
  return shape.kind === "struct" ? shape.fields.map((field) => [field.name, field]) : [];
}

/** The text of `contract.ids.json`. */
export const idsText = (ids: ContractIds): string => `${JSON.stringify(ids, null, 2)}\n`;

/** Reads `contract.ids.json`. Undefined where it is none: to guess new numbers would break every reader. */
export function readIds(text: string): ContractIds | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value["version"] !== 1 || !isRecord(value["ports"])) return undefined;
  for (const port of Object.values(value["ports"])) {
    if (!isRecord(port) || !isNumber(port["last"]) || !isRecord(port["columns"])) return undefined;
    const numbers = Object.values(port["columns"]);
    if (!numbers.every((id) => isNumber(id) && id >= 1 && id <= (port["last"] as number))) return undefined;
    if (new Set(numbers).size !== numbers.length) return undefined;
  }
  return value as unknown as ContractIds;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): value is number => Number.isSafeInteger(value);
