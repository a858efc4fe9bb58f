import type { Contract, InputPort, OutputPort } from "../model.ts";
import { headKeys } from "../odcs/head.ts";
import type { Loss, WrittenDocument } from "../odcs/losses.ts";
import { filled, isMap, same, textOf } from "../odcs/raw.ts";
import type { Raw } from "../odcs/raw.ts";
import { keptTrue } from "../odcs/write-odcs.ts";
import { snakeName } from "../names.ts";
import { writePruned } from "../standards/prune.ts";
import { versionOf } from "../version.ts";
import { ODPS_KEY, inputKeysOf } from "./read-odps.ts";

const keptOf = (extensions: Readonly<Record<string, unknown>> | undefined): Raw => {
  const kept = extensions?.[ODPS_KEY];
  return isMap(kept) ? kept : {};
};

/**
 * A product as a document of the Open Data Product Standard 1.0, valid by its schema. It has places for the product and
 * its ports; what belongs into the ports' contracts is listed as left out.
 */
export function writeOdps(contract: Contract): WrittenDocument {
  const own = /^odps\/(.+)$/.exec(contract.dialect)?.[1];
  const kept = keptOf(contract.extensions);
  const head = { ...contract, roles: [], portLevels: new Map(), sla: {}, retention: undefined };
  const keys = headKeys(head, [], "3.1.0");
  const told = keptTrue(kept, keys, head, []);
  const merged: Raw = { ...keys, ...told };
  const name = told["name"] ?? (keys["name"] === keys["id"] ? undefined : keys["name"]);
  const { id, version, status, domain, ...rest } = merged;
  const document = filled({
    apiVersion: `v${own ?? "1.0.0"}`,
    kind: "DataProduct",
    id,
    name,
    version: version === "0.0.0" ? undefined : version,
    status,
    domain,
    ...Object.fromEntries(Object.entries(rest).filter(([key]) => key !== "name" && !WITHOUT.has(key))),
    inputPorts: sameInputs(kept, contract.inputs) ? kept["inputPorts"] : contract.inputs.map(inputKeys),
    outputPorts: contract.ports.map((port) => portKeys(contract, port)),
  });
  const { text, dropped } = writePruned(document, "odps/odps-1.0");
  const pruned = dropped.map(({ path, what }): Loss => ({ path, what, how: "dropped" }));
  return { text, losses: [...pruned, ...lossesOf(contract)] };
}

const WITHOUT = new Set(["roles", "slaProperties", "inputPorts"]);

/** Whether the list that was read still says what the contract's inputs say. */
function sameInputs(kept: Raw, inputs: readonly InputPort[]): boolean {
  const bare = (all: readonly InputPort[]): unknown => all.map(({ name, from }) => ({ name, from }));
  return kept["inputPorts"] !== undefined && same(bare(inputKeysOf(kept)), bare(inputs));
}

function inputKeys(input: InputPort): Raw {
  const { from } = input;
  const version = from.major === undefined ? "1.0.0" : `${from.major}.0.0`;
  return { name: input.name, version, contractId: from.text.replace(/@\d+$/, "") };
}

function portKeys(contract: Contract, port: OutputPort): Raw {
  const kept = keptOf(port.extensions);
  const name = textOf(kept, "name");
  const version = versionOf(contract.version) === undefined ? "1.0.0" : contract.version;
  return filled({
    name: name !== undefined && port.name.startsWith(snakeName(name)) ? name : port.name,
    description: port.description,
    type: port.schemaType,
    version,
    contractId: contract.id,
    ...Object.fromEntries(Object.entries(kept).filter(([key]) => key !== "name")),
  });
}

/** What the contracts of the ports say, and this standard does not. */
function lossesOf(contract: Contract): readonly Loss[] {
  const missing: readonly (readonly [string, boolean])[] = [
    ["service levels", Object.keys(contract.sla).length > 0],
    ["retention", contract.retention !== undefined],
    ["storage", contract.storage !== undefined],
    [
      "access",
      [contract.access.roles, contract.access.policies, contract.access.purposes].some((list) => list.length > 0),
    ],
    ["lineage", contract.lineage.upstream.length + contract.lineage.downstream.length > 0],
    ["sensitivity", contract.sensitivity !== undefined],
    ["deprecation", contract.deprecation !== undefined],
    ["previous versions", contract.previousVersions.length > 0],
  ];
  const root = missing.filter(([, lost]) => lost).map(([what]): Loss => ({ path: [], what, how: "dropped" }));
  const ports = contract.ports.flatMap((port, i) =>
    (["columns", "checks"] as const)
      .filter((key) => port[key].length > 0)
      .map((key): Loss => ({ path: ["outputPorts", i], what: `${key} of ${port.name}`, how: "dropped" })),
  );
  return [...root, ...ports];
}
