import type { Contract, InputPort, OutputPort, UpstreamReference } from "../model.ts";
import { headKeys, readHead } from "../odcs/head.ts";
import { HEAD_ONLY, reportMismatch } from "../odcs/read-odcs.ts";
import { filled, leftover, mapsOf, textOf } from "../odcs/raw.ts";
import type { Raw } from "../odcs/raw.ts";
import { kebabName, snakeName } from "../names.ts";
import { portReference } from "../reference.ts";
import type { ReadContext } from "../source.ts";
import { checkStandard } from "../standards/check-standard.ts";
import { compareVersions, versionOf } from "../version.ts";
import { withoutUndefined } from "../datamesh/read-values.ts";
import type { Reader } from "../yaml/reader.ts";
import { toValue } from "../yaml/yaml-node.ts";
import type { YamlMap } from "../yaml/yaml-node.ts";
import { odpsPlace } from "./places.ts";

/** The name under which a contract keeps what this standard says and the model has no word for. */
export const ODPS_KEY = "x-odps";

/**
 * Reads a product of the Open Data Product Standard (0.9 and 1.0). It says which ports there are and which contracts
 * they have; columns, checks and service levels stand in those contracts.
 */
export function readOdps(reader: Reader, document: YamlMap, context: ReadContext): Contract | undefined {
  const raw = toValue(document) as Raw;
  reader.source.places = odpsPlace;
  checkStandard(reader, document, "odps/odps-1.0");
  const head = readHead(raw, [], context);
  reader.product = `${head.domain}.${head.product}`;
  reportMismatch(reader, document, raw, context);
  const { roles, portLevels: _, ...described } = head;
  const rest = leftover(raw, headKeys(head, [], "3.1.0"), ODPS_HANDLED);
  return withoutUndefined({
    kind: "DataProduct" as const,
    dialect: `odps/${(textOf(raw, "apiVersion") ?? "1.0.0").replace(/^v/, "")}`,
    ...described,
    // The standard asks for no version of the product: only its ports have to have one.
    version: textOf(raw, "version") ?? "0.0.0",
    inputs: inputsOf(raw),
    ports: portsOf(raw, head.product),
    lineage: { upstream: [], downstream: [] },
    previousVersions: [],
    access: { roles, policies: [], purposes: [] },
    extensions: rest === undefined ? {} : { [ODPS_KEY]: rest },
  });
}

/** The list as it is written, for what an input port of ours has no word for. */
export const inputKeysOf = (raw: Raw): readonly InputPort[] => inputsOf(raw);

const ODPS_HANDLED = new Set([...HEAD_ONLY, "outputPorts"]);

const majorOf = (raw: Raw): number | undefined => {
  const match = /^v?(\d{1,6})/.exec(textOf(raw, "version") ?? "");
  return match === null ? undefined : Number(match[1]);
};

function inputsOf(raw: Raw): readonly InputPort[] {
  const names = freeNames(mapsOf(raw, "inputPorts"));
  return mapsOf(raw, "inputPorts").map(([i, input]) => {
    const written = textOf(input, "name") ?? "";
    const contractId = textOf(input, "contractId") ?? written;
    const major = majorOf(input);
    const version = major === undefined ? "" : `@${major}`;
    // A contract's id need not name its product.
    const id = portReference(contractId) === undefined ? `unknown.${kebabName(written) || "product"}` : contractId;
    const from: UpstreamReference = {
      ...portReference(id)!,
      text: `${id}${version}`,
      ...(major === undefined ? {} : { major }),
    };
    return { name: names.get(i)!, from, columns: [], at: ["inputPorts", i] };
  });
}

/** The newest version of a port has its name; older ones that are live beside it have their major version in theirs. */
function freeNames(ports: readonly (readonly [number, Raw])[]): ReadonlyMap<number, string> {
  const taken = new Set<string>();
  const names = new Map<number, string>();
  for (const [i, port] of [...ports].sort(([x, a], [y, b]) => newer(b, a) || x - y)) {
    const name = snakeName(textOf(port, "name") ?? "") || `port_${i + 1}`;
    const base = taken.has(name) ? `${name}_v${majorOf(port) ?? 0}` : name;
    let free = base;
    for (let n = 2; taken.has(free); n++) free = `${base}_${n}`;
    taken.add(free);
    names.set(i, free);
  }
  return names;
}

function portsOf(raw: Raw, product: string): readonly OutputPort[] {
  const all = mapsOf(raw, "outputPorts");
  const names = freeNames(all);
  return all.map(([i, port]): OutputPort => {
    const name = names.get(i)!;
    const said = filled({ description: textOf(port, "description"), type: textOf(port, "type") });
    const rest = leftover(port, said, new Set());
    return withoutUndefined({
      name,
      default: name === snakeName(product) || all.length === 1,
      description: textOf(port, "description"),
      schemaType: textOf(port, "type"),
      columns: [],
      checks: [],
      sla: {},
      extensions: rest === undefined ? undefined : { [ODPS_KEY]: rest },
      at: ["outputPorts", i],
    });
  });
}

function newer(a: Raw, b: Raw): number {
  const [x, y] = [a, b].map((raw) => versionOf((textOf(raw, "version") ?? "").replace(/^v/, "")));
  if (x === undefined || y === undefined) return Number(x !== undefined) - Number(y !== undefined);
  return compareVersions(x, y);
}
