import { isDeepStrictEqual } from "node:util";
import type { Path } from "@meshwork/diagnostics";
import type { Contract, ContractColumn, OutputPort } from "../model.ts";
import { isPlainName, kebabName, shown, snakeName } from "../names.ts";
import { normalForm } from "../normal-form.ts";
import type { NormalForm } from "../normal-form.ts";
import type { Loss, WrittenDocument } from "../odcs/losses.ts";
import { typeOf, typeWordOf } from "../type-word.ts";
import { openFile } from "../yaml/open-file.ts";
import { Item } from "../yaml/reader.ts";
import type { DataProductFile } from "./data-product.schema.ts";
import { readDataProduct } from "./read-data-product.ts";
import { writeContract } from "./write-data-product.ts";
import type { WriteOptions } from "./write-data-product.ts";

/** What a contract keeps of other standards under these names, and nobody but Meshwork looks for there. */
const KEPT = ["x-odcs", "x-odps", "x-dcs"];

/**
 * A contract of any dialect as a `datamesh.io/v1` file. Names and types that this format does not take are written in
 * the nearest way, and whatever it then promises otherwise is listed.
 */
export function convertToDatamesh(contract: Contract, options: WriteOptions = {}): WrittenDocument {
  const losses: Loss[] = [];
  const fitting = fitted(contract, losses);
  const text = writeContract(fitting, options);
  const file = openFile({ file: "data-product-contract.yaml", text });
  const item = new Item<DataProductFile>(file.reader, file.documents[0], undefined, []);
  const back = readDataProduct(item.section("The file")!, {});
  for (const { severity, message, path = [] } of file.reader.diagnostics)
    if (severity === "error") losses.push({ path, what: message.replace(/\.$/, ""), how: "dropped" });
  if (back !== undefined) losses.push(...differences(normalForm(contract), normalForm(back)));
  losses.push(...keptElsewhere(fitting));
  return { text, losses };
}

function fitted(contract: Contract, losses: Loss[]): Contract {
  const rename = (path: Path, what: string, from: string, to: string): string => {
    if (from !== to) losses.push({ path, what: `the ${what} "${shown(from)}" becomes ${to}`, how: "dropped" });
    return to;
  };
  const plain = contract.name.split(".").length <= 2 && contract.name.split(".").every(isPlainName);
  const name = rename(
    ["metadata", "name"],
    "name",
    contract.name,
    plain ? contract.name : lettered(snakeName(contract.product)),
  );
  const domain = rename(
    ["metadata", "domain"],
    "domain",
    contract.domain,
    isPlainName(contract.domain) ? contract.domain : lettered(kebabName(contract.domain)),
  );
  return {
    ...contract,
    name,
    domain,
    ...(plain ? {} : { title: contract.title ?? contract.name }),
    ports: contract.ports.map((port) => fittedPort(port, rename, losses)),
  };
}

type Rename = (path: Path, what: string, from: string, to: string) => string;

function fittedPort(port: OutputPort, rename: Rename, losses: Loss[]): OutputPort {
  const name = rename(["spec"], "port", port.name, isPlainName(port.name) ? port.name : lettered(port.name));
  const columns = port.columns.map((column) => fittedColumn(column, `${name}.${column.name}`, losses));
  return { ...port, name, columns };
}

/** A type that has no word here is any type; a list that says nothing of its elements has any elements. */
function fittedColumn(column: ContractColumn, place: string, losses: Loss[]): ContractColumn {
  const fields = column.fields?.map((field) => fittedColumn(field, `${place}.${field.name}`, losses));
  const element = column.element === undefined ? undefined : fittedColumn(column.element, `${place}[]`, losses);
  const whole: ContractColumn = {
    ...column,
    ...(fields === undefined ? {} : { fields }),
    ...(element === undefined ? {} : { element }),
  };
  const word = typeOf(column.typeName, { timezone: column.constraints.timezone });
  if ("problem" in word) {
    const any = column.type.kind === "opaque";
    const typeName = any ? "any" : typeWordOf(column.type);
    losses.push({
      path: ["spec"],
      what: `the type ${shown(column.typeName)} of ${place} becomes ${typeName}`,
      how: "dropped",
    });
    return { ...whole, typeName, ...(any ? { type: { kind: "opaque", engine: "any", name: "any" } } : {}) };
  }
  const parts =
    fields !== undefined || element !== undefined || column.embedding !== undefined || column.media !== undefined;
  if (word.container === undefined || parts) return whole;
  const { type } = column;
  if (type.kind === "array") return { ...whole, typeName: `array<${typeWordOf(type.element.type)}>` };
  if (word.container === "media") return { ...whole, typeName: typeWordOf(type) };
  return type.kind === "map"
    ? { ...whole, typeName: `map<${typeWordOf(type.key)}, ${typeWordOf(type.value.type)}>` }
    : { ...whole, typeName: "json" };
}

/** A name begins with a letter. */
const lettered = (name: string): string => (/^[a-z]/.test(name) ? name : `n_${name}`.replace(/_$/, ""));

/** What is promised otherwise, by the parts of the lock; renamed ports were told already. */
function differences(from: NormalForm, to: NormalForm): readonly Loss[] {
  const found: Loss[] = [];
  // A port of another name was told above.
  const renamed = Object.keys(from.ports).some((name) => to.ports[name] === undefined);
  for (const key of ["ports", "checks", "sla", "access", "inputs", "lifecycle", "storage"] as const) {
    const [before, after] = [from[key] as Part, to[key] as Part];
    for (const name of Object.keys(before)) {
      const [a, b] = [before[name], after[name]];
      if (b === undefined && (key === "ports" || key === "checks")) continue;
      if (isDeepStrictEqual(a, b) || (renamed && key === "sla" && name === "ports")) continue;
      const said = key === "ports" && isDeepStrictEqual(withoutDefault(a), withoutDefault(b));
      const what = said
        ? `${name} is no longer the default port, which is named after the product`
        : `${key} of ${name}`;
      found.push({ path: ["spec"], what, how: "dropped" });
    }
  }
  return found;
}

type Part = Readonly<Record<string, unknown>>;
const withoutDefault = (port: unknown): unknown => ({ ...(port as Part), default: true });

function keptElsewhere(contract: Contract): readonly Loss[] {
  const words = new Map<string, number>();
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look);
    else if (typeof value === "object" && value !== null) {
      for (const [key, each] of Object.entries(value)) {
        if (!KEPT.includes(key)) look(each);
        else for (const word of Object.keys(each as object)) words.set(word, (words.get(word) ?? 0) + 1);
      }
    }
  };
  look(contract);
  return [...words]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([word, count]): Loss => ({
      path: [],
      what: count === 1 ? word : `${word}, ${count} times`,
      how: "custom-property",
    }));
}
