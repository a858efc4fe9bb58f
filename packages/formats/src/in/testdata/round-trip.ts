import { diff } from "@meshwork/compatibility";
import type { Contract, OutputPort } from "@meshwork/contract";
import { columnOf, readContract, writeContract } from "@meshwork/contract";
import { emit } from "../../define-format.ts";
import { formatNamed } from "../../registry.ts";
import { assemble } from "../assemble.ts";
import { readIn } from "../read-in.ts";
import { importFormatNamed } from "../registry.ts";

/** What differs between a contract and what is read back of it, and what both sides say is lost: `port.column: feature`. */
export interface RoundTrip {
  readonly differences: readonly string[];
  readonly listed: readonly string[];
  readonly problems: readonly string[];
}

/** A type that is lost takes with it what is said of its parts; a name that is lost, what is said of the column. */
function outermost(keys: readonly string[], hidden: readonly string[]): string[] {
  return keys.filter((key) => {
    const [place = "", feature] = key.split(": ");
    return !hidden.some((each) => {
      const [other = "", what] = each.split(": ");
      if (what === "name") return (place === other && feature !== "name") || place.startsWith(`${other}.`);
      return what === "type" && (place.startsWith(`${other}.`) || (place === other && feature !== "type" && feature !== "name" && inside.has(feature!)));
    });
  });
}
const isKeyOf = (contract: Contract, key: string): boolean =>
  contract.ports.some(({ name, columns }) =>
    columns.some((column) => column.constraints.primaryKey === true && (key === `${name}.${column.name}: unique` || key === `${name}.: checks`)),
  );
const inside = new Set(["not-null", "embedding"]);

/** Columns whose parts stand in their type alone, with the parts that a text needs. */
export const complete = (contract: Contract): Contract => ({
  ...contract,
  ports: contract.ports.map((port) => ({
    ...port,
    columns: port.columns.map((column) => {
      const { fields, element } = columnOf(column);
      return column.fields !== undefined || column.embedding !== undefined ? column : { ...column, ...(fields && { fields }), ...(element && { element }) };
    }),
  })),
});

const throughText = (contract: Contract): Contract =>
  readContract({ file: "contract.yaml", text: writeContract(contract) }).value!;

/** Writes a contract in a format, reads it back, and holds the differences of the ports against the listed losses. */
export function roundTrip(format: string, contract: Contract): RoundTrip {
  const before = throughText(contract);
  const written = emit(formatNamed(format)!, before);
  const reads = written.files.map((file) => readIn(importFormatNamed(format)!, { file: file.path, text: file.text }));
  const made = assemble(
    { ports: reads.flatMap((read) => read.imported.ports) },
    { file: "x", name: before.product, domain: before.domain, owner: "o", freshness: "1h" },
  );
  // Files come in the order of the ports; what the port is called there is told by the importer's own losses.
  const ports = made.portNames.map((name, i): OutputPort => {
    const found = made.contract.ports.find((port) => port.name === name)!;
    const was = before.ports[i]!;
    return { ...found, name: was.name, default: was.default, title: was.title,
      schemaType: was.schemaType, description: was.default ? was.description : found.description, sla: was.sla };
  });
  const after = throughText({ ...before, ports });
  const portOf = new Map(reads.flatMap((read) => read.imported.ports).map((port, i) => [port.name, before.ports[i]!.name]));
  const losses = [
    ...written.losses
      .filter((loss) => loss.port !== undefined && !(loss.column === undefined && loss.feature === "title"))
      .map((loss) => ({ ...loss, port: loss.port! })),
    ...[...reads.flatMap((read) => read.losses), ...made.losses]
      .filter((loss) => loss.port !== undefined)
      .map((loss) => ({ ...loss, port: portOf.get(loss.port!) ?? loss.port! })),
  ];
  // A renamed column is gone and new; that it is gone is the loss.
  const renamed = losses.some((loss) => loss.feature === "name" && loss.column !== undefined);
  const changes = diff(before, after)
    .filter((change) => !(renamed && change.code === "compat/column-added"))
    .map((change) => ({
    port: change.port ?? "",
    column: change.column?.replaceAll(/\[\]|\{\}/g, ""),
    feature: featureOf(change.code, change.message),
  }));
  const keys = (all: readonly { port: string; column?: string | undefined; feature: string }[]): string[] => [
    ...new Set(
      all
        .filter((each) => !answered.has(each.feature))
        .map(({ port, column, feature }) => {
          const word = grouped[feature] ?? feature;
          return `${port}.${word === "primary-key" ? "" : (column ?? "")}: ${word}`;
        }),
    ),
  ];
  const [found, said] = [keys(changes), keys(losses)];
  // What was the key comes back as unique where the format has no word for a key.
  if (said.some((key) => key.endsWith(": primary-key")))
    found.splice(0, found.length, ...found.filter((key) => said.includes(key) || !/: (?:unique|checks)$/.test(key) || !isKeyOf(before, key)));
  const hidden = found.filter((key) => said.includes(key) && /: (?:type|name)$/.test(key));
  return {
    differences: outermost(found, hidden).sort(),
    listed: outermost(said, hidden).sort(),
    problems: reads.flatMap((read) => read.diagnostics.filter((d) => d.severity === "error").map((d) => `${d.code} ${d.message}`)),
  };
}

/** What flags answer on import, what a port has from its product, the same promise in other digits, and numbers, which stand beside the contract. */
const answered = new Set(["sla", "restated", "number"]);

/** Words of losses that mean the same difference. */
const grouped: Readonly<Record<string, string>> = {
  null: "not-null",
  precision: "type",
  "map-key": "type",
  min: "bounds",
  max: "bounds",
  nesting: "type",
  exclusiveMin: "bounds",
  exclusiveMax: "bounds",
};

/** The word by which losses call what a change is about. */
function featureOf(code: string, message: string): string {
  const name = code.replace("compat/", "");
  if (name === "text-changed") return message.startsWith("title") ? "title" : message.startsWith("examples") ? "examples" : message.startsWith("tags") ? "tags" : "description";
  const words: readonly (readonly [RegExp, string])[] = [
    [/^type-/, "type"],
    [/^not-null/, "not-null"],
    [/^primary-key/, "primary-key"],
    [/^unique/, "unique"],
    [/^reference/, "references"],
    [/^pattern/, "pattern"],
    [/^format/, "format"],
    [/^time-zone/, "timezone"],
    [/^range/, "bounds"],
    [/^length/, "length"],
    [/^enum/, "enum"],
    [/^embedding/, "embedding"],
    [/^media/, "media"],
    [/^classification/, "classification"],
    [/^pii/, "pii"],
    [/^masking/, "masking"],
    [/^deprecat/, "deprecated"],
    [/^extension/, "extensions"],
    [/^check/, "checks"],
    [/^column-/, "name"],
    [/^sla/, "sla"],
  ];
  return words.find(([pattern]) => pattern.test(name))?.[1] ?? name;
}
