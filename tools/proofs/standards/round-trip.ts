import { isDeepStrictEqual } from "node:util";
import { convertToDatamesh, lockText, readContract, writeOdcs, writeOdps } from "@meshwork/contract";
import type { Contract, WrittenDocument } from "@meshwork/contract";
import { parse } from "yaml";
import { errorsOf, isMap, pointer } from "./schemas.ts";
import type { Json, SchemaName } from "./schemas.ts";

type Path = readonly (string | number)[];

const TARGETS: readonly (readonly [string, SchemaName, (contract: Contract) => WrittenDocument])[] = [
  ["ODCS 3.0", "odcs/odcs-3.0", (contract) => writeOdcs(contract, { version: "3.0" })],
  ["ODCS 3.1", "odcs/odcs-3.1", (contract) => writeOdcs(contract, { version: "3.1" })],
  ["ODCS 3.2", "odcs/odcs-3.2", (contract) => writeOdcs(contract, { version: "3.2" })],
  ["ODPS 1.0", "odps/odps-1.0", writeOdps],
];

/** The contract in its own dialect and version again. DCS is read only. */
export function rewritten(contract: Contract): WrittenDocument | undefined {
  if (contract.dialect.startsWith("odcs/")) return writeOdcs(contract);
  return contract.dialect.startsWith("odps/") ? writeOdps(contract) : undefined;
}

const valueOf = (text: string): Json => parse(text, { logLevel: "silent" }) as Json;

/** What goes wrong when a valid document is written in its own dialect and in every other; nothing where all is well. */
export function roundTrip(file: string, text: string, value: Json): readonly string[] {
  const first = readContract({ file, text }).value;
  if (first === undefined) return ["nothing was read"];
  const lock = lockText(first);
  const wrong: string[] = [];
  const own = rewritten(first);
  if (own !== undefined) {
    const second = readContract({ file, text: own.text });
    if (own.losses.length > 0) wrong.push(`own dialect: loses ${own.losses.map(({ what }) => what).join(", ")}`);
    if (second.value === undefined || lockText(second.value) !== lock) wrong.push("own dialect: another lock");
    const again = valueOf(own.text);
    // A name that repeats the id is not written again.
    const named =
      isMap(value) && value["name"] === (value["dataProduct"] ?? value["id"]) ? { name: value["name"]! } : {};
    const gone = missing(value, isMap(again) ? { ...named, ...again } : again);
    if (gone.length > 0) wrong.push(`own dialect: not written again: ${gone.slice(0, 5).join(", ")}`);
    if (second.value !== undefined && rewritten(second.value)?.text !== own.text)
      wrong.push("own dialect: not settled");
  }
  for (const [title, schema, write] of TARGETS) {
    const { text: written, losses } = write(first);
    const errors = errorsOf(valueOf(written), schema);
    if (errors.length > 0) wrong.push(`${title}: not valid: ${errors[0]!.instancePath} ${errors[0]!.message}`);
    const again = readContract({ file, text: written }).value;
    const whole = losses.every(({ how }) => how !== "dropped");
    if (whole && (again === undefined || lockText(again) !== lock))
      wrong.push(`${title}: another lock, and no loss told`);
  }
  const ours = convertToDatamesh(first);
  const again = readContract({ file: "data-product-contract.yaml", text: ours.text });
  const errors = again.diagnostics.filter(({ severity }) => severity === "error");
  const told = new Set(ours.losses.map(({ what }) => what));
  const dropped = ours.losses.some(({ how }) => how === "dropped");
  if (again.value === undefined) wrong.push("datamesh.io/v1: nothing was read");
  for (const { message } of errors)
    if (!told.has(message.replace(/\.$/, ""))) wrong.push(`datamesh.io/v1: not told: ${message}`);
  if (again.value !== undefined && !dropped && lockText(again.value) !== lock)
    wrong.push("datamesh.io/v1: another lock, and no loss told");
  if (again.value !== undefined && !isDeepStrictEqual(again.value.extensions, first.extensions))
    wrong.push("datamesh.io/v1: other extensions");
  return wrong;
}

/** Places of a document that another does not have with the same value. */
export function missing(from: Json | undefined, to: Json | undefined, path: Path = []): readonly string[] {
  if (isMap(from) && isMap(to)) {
    return Object.entries(from).flatMap(([key, each]) => missing(each, to[key], [...path, key]));
  }
  if (Array.isArray(from) && Array.isArray(to)) return from.flatMap((each, i) => missing(each, to[i], [...path, i]));
  return isDeepStrictEqual(from, to) || saysNothing(from, path) ? [] : [pointer(path)];
}

/** Nothing, an empty list or map; `false` where that is the default; the one thing that a table can be. */
function saysNothing(value: Json | undefined, path: Path): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === "object") return Object.keys(value).length === 0;
  const key = path.at(-1);
  if (key === "partitioned" && value === false) return true;
  return path.length === 3 && key === "logicalType" && value === "object";
}
