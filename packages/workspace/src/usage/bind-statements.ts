import type { Binder } from "@meshwork/engine";
import { asColumn } from "../describe.ts";
import type { NamedPort, PortNames } from "./port-names.ts";
import type { ReadStatement } from "./statement-text.ts";
import { readStatement } from "./statement-text.ts";

/** What a statement's text says that it reads; `columns` is absent where that is not known. */
export interface StatementRead {
  readonly port: NamedPort;
  readonly columns: readonly string[] | undefined;
}

/** Finds the columns that statements read, by binding them against what the ports promise. Nothing runs. */
export class StatementBinder {
  readonly #names: PortNames;
  readonly #known = new Map<string, Promise<readonly StatementRead[]>>();
  readonly #declared = new Map<string, Promise<void>>();
  #binder: Promise<Binder> | undefined;

  constructor(names: PortNames) {
    this.#names = names;
  }

  /** Logs repeat themselves: a text is bound once. */
  reads(sql: string): Promise<readonly StatementRead[]> {
    let known = this.#known.get(sql);
    if (!known) this.#known.set(sql, (known = this.#bind(readStatement(sql, this.#names))));
    return known;
  }

  async close(): Promise<void> {
    await (await this.#binder)?.close();
  }

  async #bind({ ports, query }: ReadStatement): Promise<readonly StatementRead[]> {
    const columns = ports.length === 0 || query === undefined ? undefined : await this.#columnsOf(ports, query);
    return ports.map((port) => ({
      port,
      columns: columns?.get(keyOf(port.relation)) ?? (columns ? [] : undefined),
    }));
  }

  async #columnsOf(ports: readonly NamedPort[], query: string): Promise<ReadonlyMap<string, string[]> | undefined> {
    const binder = await (this.#binder ??= import("@meshwork/engine-duckdb").then(({ duckdbBinder }) =>
      duckdbBinder(),
    ));
    for (const port of ports) await this.#declare(binder, port);
    const bound = await binder.bind(query);
    if (!bound.ok || bound.indirect === undefined) return undefined;
    const out = new Map<string, Set<string>>();
    for (const column of [...bound.columns, { origins: bound.indirect, indirect: [] }]) {
      if (column.origins === undefined || column.indirect === undefined) return undefined;
      for (const { relation, column: name } of [...column.origins, ...column.indirect]) {
        const key = keyOf(relation);
        const found = out.get(key);
        if (found) found.add(name);
        else out.set(key, new Set([name]));
      }
    }
    return new Map([...out].map(([key, set]) => [key, [...set]]));
  }

  /** A former major is taken to have the columns of today: a query that names others is not understood, and that is said. */
  #declare(binder: Binder, { relation, port }: NamedPort): Promise<void> {
    const key = keyOf(relation);
    let declared = this.#declared.get(key);
    if (!declared) this.#declared.set(key, (declared = binder.declare(relation, port.columns.map(asColumn))));
    return declared;
  }
}

const keyOf = ({ schema, name }: NamedPort["relation"]): string => `${schema ?? ""}.${name}`.toLowerCase();
