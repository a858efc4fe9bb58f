import { diff } from "@meshwork/compatibility";
import type { Contract, ContractColumn, OutputPort } from "@meshwork/contract";
import { edit, readContract, snakeName, writeContract } from "@meshwork/contract";
import type { SourceText, Edit } from "@meshwork/contract";

/** How a contract and a source differ. */
export interface Drift {
  /** What the source has and the contract lacked: `orders.channel`, or a whole port. */
  readonly added: readonly string[];
  /** Where both speak and disagree, one sentence each; nothing of it was changed. */
  readonly differs: readonly string[];
}

export interface AddedInto {
  readonly text: string;
  readonly drift: Drift;
  /** What could not be added without touching something else. */
  readonly refused: readonly string[];
}

/** Changes of words and of what no schema knows: the contract is the one who says. */
const contractsOwn =
  /^compat\/(?:text|extension|owner|sla|classification|pii|masking|retention|check|deprecat|status|version|lineage|input|role|purpose|access|storage|encryption|partition|product|sensitivity|restated|default-port|column-moved|port)/;

/**
 * Adds columns and ports that the source has and the contract lacks, keeping every comment and the order of what is
 * there. All other differences are told and left alone. Contracts in `datamesh.io/v1` only.
 */
export function addInto(source: SourceText, contract: Contract, imported: Contract, format: string): AddedInto {
  const pairs = imported.ports.map((port) => ({ port, own: ownPort(contract, imported, port) }));
  const edits: { readonly edit: Edit; readonly what: string }[] = [];
  const added: string[] = [];
  for (const { port, own } of pairs) {
    if (own === undefined) {
      const at = [
        "spec",
        "ports",
        contract.ports.filter((each) => !isMain(contract, each)).length +
          added.filter((name) => !name.includes(".")).length,
      ];
      edits.push({ edit: { path: at, set: fileOf(imported, port) }, what: port.name });
      added.push(port.name);
      continue;
    }
    const known = new Set(own.columns.map((column) => column.name.toLowerCase()));
    const fresh = port.columns.filter((column) => !known.has(column.name.toLowerCase()));
    const schema = isMain(contract, own) ? ["spec", "schema", "fields"] : [...own.at, "schema", "fields"];
    for (const [i, column] of fresh.entries()) {
      edits.push({
        edit: { path: [...schema, own.columns.length + i], set: fieldOf(imported, port, column) },
        what: `${own.name}.${column.name}`,
      });
      added.push(`${own.name}.${column.name}`);
    }
  }
  let text = source.text;
  const refused: string[] = [];
  for (const each of edits) {
    const done = edit({ file: source.file, text }, [each.edit]);
    if (done.refused.length > 0) refused.push(each.what);
    text = done.text;
  }
  return { text, refused, drift: { added, differs: differences(contract, pairs, saysNull(format)) } };
}

const isMain = (contract: Contract, port: OutputPort): boolean =>
  port.default && port.name === snakeName(contract.product);

/** By name; where each side has one port only, those two. */
function ownPort(contract: Contract, imported: Contract, port: OutputPort): OutputPort | undefined {
  const [only] = contract.ports;
  return (
    contract.ports.find((each) => each.name === port.name) ??
    (contract.ports.length === 1 && imported.ports.length === 1 ? only : undefined)
  );
}

/** The keys of a port or column as a file has them: written and read, so that there is one way to write them. */
function fileOf(imported: Contract, port: OutputPort): unknown {
  const named = { ...imported, ports: [{ ...port, default: false }] };
  return readContract({ file: "", text: writeContract(named) }).source.valueAt(["spec", "ports", 0]);
}

function fieldOf(imported: Contract, port: OutputPort, column: ContractColumn): unknown {
  const file = fileOf(imported, { ...port, columns: [column], checks: [] }) as { schema?: { fields?: unknown[] } };
  return file.schema?.fields?.[0];
}

/** Files of rows allow null everywhere, whether or not anybody meant it. */
const saysNull = (format: string): boolean =>
  !["parquet", "csv", "json-lines", "great-expectations", "dbt-manifest", "protobuf"].includes(format);

function differences(
  contract: Contract,
  pairs: readonly { port: OutputPort; own: OutputPort | undefined }[],
  nulls: boolean,
): string[] {
  const both = pairs.filter((pair) => pair.own !== undefined) as { port: OutputPort; own: OutputPort }[];
  const before: Contract = { ...contract, ports: both.map(({ own }) => own) };
  const after: Contract = {
    ...contract,
    ports: both.map(({ own, port }) => {
      // Names in other letters are the same column; what the source cannot know is as the contract has it.
      const columns = port.columns.flatMap((column) => {
        const same = own.columns.find((each) => each.name.toLowerCase() === column.name.toLowerCase());
        return same === undefined ? [] : [{ ...column, name: same.name }];
      });
      return { ...own, columns };
    }),
  };
  return (
    diff(before, after)
      .filter((change) => !contractsOwn.test(change.code))
      // A source that says nothing of a key or a bound does not speak against it.
      .filter((change) => (change.code === "compat/not-null-dropped" ? nulls : !change.code.endsWith("-dropped")))
      .filter(
        (change) =>
          change.code === "compat/column-removed" ||
          change.code === "compat/not-null-dropped" ||
          change.after !== undefined,
      )
      .map((change) => `${change.port ?? ""}: ${change.message}`)
  );
}
