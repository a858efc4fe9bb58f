import { resolve } from "node:path";
import { nearest } from "@meshwork/diagnostics";
import { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering, Refusal } from "../operation.ts";
import { collectUsage } from "../usage/collect-usage.ts";
import { logRows } from "../usage/log-rows.ts";
import { PortNames } from "../usage/port-names.ts";
import { logFormats } from "../usage/registry.ts";
import type { LogFormat } from "../usage/usage-log.ts";
import type { UsageRecord } from "../usage/usage-record.ts";
import { usageFolders, usageText } from "../usage/usage-record.ts";
import { writeBelow } from "../write-below.ts";

export interface ImportUsageOptions extends OperationOptions {
  /** Relative to `cwd`. */
  readonly file: string;
  readonly cwd: string;
  readonly from: string | undefined;
  /** Users and roles of the mesh itself. */
  readonly own?: readonly string[] | undefined;
  readonly keepNames?: boolean | undefined;
  /** Keeps the record on this machine. */
  readonly local?: boolean | undefined;
}

export interface ImportedUsage {
  /** Relative to the workspace. */
  readonly written: string;
  readonly record: UsageRecord;
  /** Rows that tell of no statement. */
  readonly skipped: number;
  /** Statements that touch no port. */
  readonly elsewhere: number;
}

/** Reads a log of statements and keeps who reads which port. What the same log said before is replaced. */
export const importUsage = (options: ImportUsageOptions): Promise<OperationResult<ImportedUsage | null>> =>
  answering<ImportedUsage | null>(null, async () => {
    const format = formatOf(options.from);
    const mesh = new LoadedMesh({ ...options, products: undefined });
    const { workspace } = mesh;
    options.onProgress?.({ kind: "phase", text: `reading ${options.file}` });
    const rows = logRows(resolve(options.cwd, options.file), options.file);
    if (rows.length > 0 && !rows.some((row) => format.keys.some((key) => Object.hasOwn(row, key))))
      throw new Refusal(
        `${options.file} is no export of ${format.source}: it has neither of ${format.keys.join(", ")}.\nIts columns: ${Object.keys(rows[0]!).slice(0, 12).join(", ")}.`,
      );
    const statements = rows.flatMap((row) => format.read(row) ?? []);
    const own = new Set([...(options.own ?? []), ...ownIdentities(mesh)].map((name) => name.toLowerCase()));
    const { record, elsewhere } = await collectUsage(statements, {
      log: format.name,
      names: new PortNames(workspace),
      own,
      keepNames: options.keepNames === true,
    });
    const written = `${options.local ? usageFolders.local : usageFolders.committed}/${format.name}.json`;
    writeBelow(workspace.root, written, usageText(record));
    const ports = Object.values(record.products).flatMap((p) => Object.values(p.ports));
    return {
      exitCode: 0,
      diagnostics: [],
      summary: {
        statements: record.statements,
        ports: ports.length,
        readers: ports.reduce((n, p) => n + p.readers.length, 0),
      },
      results: {
        written,
        record,
        skipped: rows.length - statements.length,
        elsewhere,
      },
    };
  });

function formatOf(asked: string | undefined): LogFormat {
  const format = logFormats.find((each) => each.name === asked);
  if (format) return format;
  const known = logFormats.map((each) => each.name);
  const near = asked === undefined ? undefined : nearest(asked, known)[0];
  throw new Refusal(
    asked === undefined
      ? `Say whose log it is with --from.\nKnown: ${known.join(", ")}.`
      : `No log "${asked}".${near ? ` Did you mean ${near}?` : ""}\nKnown: ${known.join(", ")}.`,
  );
}

/** Whom the mesh's targets connect as, as far as the environment says. */
function ownIdentities({ workspace, env }: LoadedMesh): string[] {
  return workspace.mesh.targets.flatMap(({ settings }) => {
    const user = (settings["identity"] as { user?: unknown } | undefined)?.user;
    if (typeof user === "string") return [user];
    const name = (user as { env?: unknown } | undefined)?.env;
    if (typeof name !== "string") return [];
    return [...workspace.domains.keys()].flatMap(
      (domain) => env[name.replace("{DOMAIN}", domain.toUpperCase().replaceAll("-", "_"))] ?? [],
    );
  });
}
