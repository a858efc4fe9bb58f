import type { Contract, ContractColumn, WrittenDocument } from "@meshwork/contract";
import { convertToDatamesh, writeOdcs, writeOdps } from "@meshwork/contract";
import type { Path } from "@meshwork/diagnostics";
import type { Format, Loss } from "./define-format.ts";
import { defineFormat } from "./define-format.ts";

/** A dialect as a format: one file that is read again, and what becomes of the rest. */
function dialect(
  name: string,
  summary: string,
  file: (contract: Contract) => string,
  write: (contract: Contract) => WrittenDocument,
): Format {
  return defineFormat({
    name,
    summary,
    emit(contract, context) {
      const { text, losses } = write(contract);
      for (const { path, what, how } of losses) {
        const kept = how === "custom-property";
        const message = kept
          ? `${what} is kept where only Meshwork looks for it.`
          : `${what} has no place in this dialect.`;
        context.report({ feature: what, message, path, ...placeOf(contract, path), ...(kept ? { kept } : {}) });
      }
      return [{ path: file(contract), text }];
    },
  });
}

/** `schema`, its number, `properties`, its number …: the port and the column. */
function placeOf(contract: Contract, path: Path): Pick<Loss, "port" | "column"> {
  const port = path[0] === "schema" ? contract.ports[Number(path[1])] : undefined;
  if (port === undefined) return {};
  const names: string[] = [];
  let columns: readonly ContractColumn[] | undefined = port.columns;
  for (let at = 2; path[at] === "properties" || path[at] === "items"; at += path[at] === "properties" ? 2 : 1) {
    if (path[at] === "items") continue;
    const column: ContractColumn | undefined = columns?.[Number(path[at + 1])];
    if (column === undefined) break;
    names.push(column.name);
    columns = column.fields;
  }
  return { port: port.name, ...(names.length === 0 ? {} : { column: names.join(".") }) };
}

const odcsFile = ({ product }: Contract): string => `${product}.odcs.yaml`;

/** The dialects that contracts are written in, as formats of `mesh convert --to`. */
export const dialects: readonly Format[] = [
  dialect(
    "datamesh",
    "datamesh.io/v1, Meshwork's own dialect",
    () => "data-product-contract.yaml",
    (contract) => convertToDatamesh(contract),
  ),
  dialect("odcs", "Open Data Contract Standard: the version it was read in, else 3.1", odcsFile, (contract) =>
    writeOdcs(contract),
  ),
  ...(["3.0", "3.1", "3.2"] as const).map((version) =>
    dialect(`odcs-${version}`, `Open Data Contract Standard ${version}`, odcsFile, (contract) =>
      writeOdcs(contract, { version }),
    ),
  ),
  dialect(
    "odps",
    "Open Data Product Standard 1.0: the product and its ports, without columns",
    ({ product }) => `${product}.odps.yaml`,
    (contract) => writeOdps(contract),
  ),
];
