import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "../operation.ts";

/** Who reads a port, as a log names them. */
export interface UsageReader {
  /** Hashed, unless whoever imported asked to keep names: `sha256:3f2a9c01b7de`. */
  readonly user?: string | undefined;
  readonly role?: string | undefined;
  readonly tool?: string | undefined;
  /** Each column that was read, with when last; `null` where the log does not say when. */
  readonly columns: Readonly<Record<string, string | null>>;
  /** Statements of which is not known which columns they read. */
  readonly unknownColumns: number;
  readonly lastSeen: string | null;
  /** Statements. */
  readonly count: number;
}

export interface PortUsage {
  /** Statements that read or wrote it, those of the mesh itself among them: that the log knows the port at all. */
  readonly statements: number;
  readonly readers: readonly UsageReader[];
}

/** What one log said, by the products' ids, so that a product that moves keeps its readers. */
export interface UsageRecord {
  readonly usageVersion: 1;
  readonly log: string;
  readonly from: string | null;
  readonly until: string | null;
  readonly statements: number;
  readonly products: Readonly<
    Record<string, { readonly product: string; readonly ports: Readonly<Record<string, PortUsage>> }>
  >;
}

/** Where records lie: committed ones, and those that stay on this machine. */
export const usageFolders = { committed: "usage", local: ".mesh/usage" } as const;

/** `order_events@2` */
export const portVersionKey = (port: string, major: number): string => `${port}@${major}`;

/** A name that can be told from others, and not read. Who knows the name can still find it: this hides, it does not erase. */
export const hashedName = (name: string): string =>
  `sha256:${createHash("sha256").update(name.trim().toLowerCase()).digest("hex").slice(0, 12)}`;

/** All records of a workspace, by file; a file that is none is refused, because what it would say decides. */
export function readUsage(root: string): readonly (UsageRecord & { readonly file: string })[] {
  return Object.values(usageFolders).flatMap((folder) => {
    let names: string[];
    try {
      names = readdirSync(join(root, folder)).filter((name) => name.endsWith(".json"));
    } catch {
      return [];
    }
    return names.sort().map((name) => {
      const file = `${folder}/${name}`;
      const record = parsed(readFileSync(join(root, file), "utf8"));
      if (!record)
        throw new Refusal(`${file} is no record of usage.\nImport it again (mesh import usage), or take it away.`);
      return { ...record, file };
    });
  });
}

function parsed(text: string): UsageRecord | undefined {
  try {
    const value = JSON.parse(text) as UsageRecord;
    return isRecord(value) &&
      value.usageVersion === 1 &&
      isRecord(value.products) &&
      Object.values(value.products).every(isProduct)
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isProduct = (value: unknown): boolean =>
  isRecord(value) &&
  isRecord(value["ports"]) &&
  Object.values(value["ports"]).every(
    (port) =>
      isRecord(port) &&
      Array.isArray(port["readers"]) &&
      port["readers"].every((r) => isRecord(r) && isRecord(r["columns"])),
  );

/** Sorted keys, two spaces: the same log gives the same text. */
export const usageText = (record: UsageRecord): string => `${JSON.stringify(sorted(record), null, 2)}\n`;

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, v]) => [key, sorted(v)]),
  );
}
