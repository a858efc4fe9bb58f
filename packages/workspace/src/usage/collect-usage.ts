import type { NamedPort, PortNames } from "./port-names.ts";
import { StatementBinder } from "./bind-statements.ts";
import type { LoggedStatement } from "./usage-log.ts";
import type { UsageReader, UsageRecord } from "./usage-record.ts";
import { hashedName, portVersionKey } from "./usage-record.ts";

export interface CollectOptions {
  readonly log: string;
  readonly names: PortNames;
  /** Users and roles that the mesh itself builds and checks with: they are no readers outside. Any case. */
  readonly own: ReadonlySet<string>;
  readonly keepNames: boolean;
}

interface Collected {
  readonly port: NamedPort;
  statements: number;
  readonly readers: Map<
    string,
    { -readonly [K in keyof UsageReader]: UsageReader[K] } & { columns: Record<string, string | null> }
  >;
}

/** Sums a log up: which ports were read, by whom, which columns, when last. `elsewhere`: statements that touch no port. */
export async function collectUsage(
  statements: Iterable<LoggedStatement>,
  options: CollectOptions,
): Promise<{ record: UsageRecord; elsewhere: number }> {
  const { names, own, keepNames } = options;
  const ports = new Map<string, Collected>();
  const binder = new StatementBinder(names);
  let count = 0;
  let elsewhere = 0;
  const times = { from: null as string | null, until: null as string | null };
  const at = (port: NamedPort): Collected => {
    const key = `${port.product.name} ${portVersionKey(port.port.name, port.major)}`;
    let found = ports.get(key);
    if (!found) ports.set(key, (found = { port, statements: 0, readers: new Map() }));
    return found;
  };
  try {
    for (const statement of statements) {
      count += statement.count;
      if (statement.at !== undefined) {
        times.from = times.from === null || statement.at < times.from ? statement.at : times.from;
        times.until = later(times.until, statement.at);
      }
      const reads = await readsOf(statement, names, binder);
      const touched = new Set(reads.map((read) => at(read.port)));
      for (const written of statement.writes) {
        const port = names.find(written);
        if (port) touched.add(at(port));
      }
      if (touched.size === 0) elsewhere += statement.count;
      for (const each of touched) each.statements += statement.count;
      if ([statement.user, statement.role].some((who) => who !== undefined && own.has(who.toLowerCase()))) continue;
      for (const { port, columns } of reads) addReader(at(port), statement, columns, keepNames);
    }
  } finally {
    await binder.close();
  }
  const products = productsOf(ports.values());
  return { record: { usageVersion: 1, log: options.log, ...times, statements: count, products }, elsewhere };
}

/** The ports that a statement reads: from the log's own list of relations, completed by its text. */
async function readsOf({ reads, sql }: LoggedStatement, names: PortNames, binder: StatementBinder) {
  const out = new Map<NamedPort, readonly string[] | undefined>();
  for (const { relation, columns } of reads) {
    const port = names.find(relation);
    if (port) out.set(port, out.get(port) && columns ? [...out.get(port)!, ...columns] : columns);
  }
  const listed = reads.length > 0;
  const lacking = listed ? [...out].some(([, columns]) => columns === undefined) : sql !== undefined;
  if (lacking && sql !== undefined) {
    for (const { port, columns } of await binder.reads(sql)) {
      // A log that lists relations is right about them: the text only adds columns.
      if (listed && !out.has(port)) continue;
      if (out.get(port) === undefined) out.set(port, columns);
    }
  }
  return [...out].map(([port, columns]) => ({ port, columns }));
}

function addReader(
  collected: Collected,
  {
    at = null,
    count,
    user,
    role,
    tool,
  }: { at?: string | null | undefined } & Pick<LoggedStatement, "count" | "user" | "role" | "tool">,
  columns: readonly string[] | undefined,
  keepNames: boolean,
): void {
  const who = user === undefined ? undefined : keepNames ? user : hashedName(user);
  const key = JSON.stringify([role, who, tool]);
  let reader = collected.readers.get(key);
  if (!reader)
    collected.readers.set(
      key,
      (reader = { user: who, role, tool, columns: {}, unknownColumns: 0, lastSeen: null, count: 0 }),
    );
  reader.count += count;
  reader.lastSeen = later(reader.lastSeen, at);
  if (columns === undefined) reader.unknownColumns += count;
  const promised = new Map(collected.port.port.columns.map((c) => [c.name.toLowerCase(), c.name]));
  for (const column of columns ?? []) {
    const name = promised.get(column.toLowerCase()) ?? column;
    const before = Object.hasOwn(reader.columns, name) ? reader.columns[name]! : null;
    Object.defineProperty(reader.columns, name, {
      value: later(before, at),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
}

const later = (a: string | null, b: string | null): string | null => (a === null || (b !== null && b > a) ? b : a);

function productsOf(all: Iterable<Collected>): UsageRecord["products"] {
  const out: Record<
    string,
    { product: string; ports: Record<string, UsageRecord["products"][string]["ports"][string]> }
  > = {};
  for (const { port, statements, readers } of all) {
    const { id } = port.product.contract!;
    const product = (out[id] ??= { product: port.product.name, ports: {} });
    product.ports[portVersionKey(port.port.name, port.major)] = {
      statements,
      readers: [...readers].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reader]) => reader),
    };
  }
  return out;
}
