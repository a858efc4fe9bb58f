import type { Contract, ContractColumn, OutputPort } from "@meshwork/contract";
import { typeWordOf, withNested } from "@meshwork/contract";
import type { EmitContext } from "./define-format.ts";
import { defineFormat } from "./define-format.ts";
import { reportUncarried } from "./tree/carried.ts";
import { generatedLine, wellFormed } from "./tree/names.ts";

/**
 * The product for catalogs of the semantic web, in Turtle: `<product>.ttl`. A dataset of DCAT 3 with one distribution
 * for each output port; columns by CSV on the Web (csvw), owners by vCard, lineage by PROV.
 */
export const dcat = defineFormat({
  name: "dcat",
  summary: "RDF in Turtle: DCAT 3 with columns (<product>.ttl)",
  emit(contract, context) {
    reportUncarried(contract, context, {
      columns: ["not-null", "primary-key", "title", "description"],
      ports: ["title", "description"],
      product: ["title", "description", "tags", "documentation", "owner", "lineage"],
    });
    const file = contract.product.replace(/[^\w-]/g, "_") || "product";
    return [{ path: `${file}.ttl`, text: turtle(contract, context) }];
  },
});

/** A text of Turtle: its escapes are JSON's. */
const text = (value: string): string =>
  JSON.stringify(wellFormed(value)).replace(
    /[\u007f-\u009f]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0").toUpperCase()}`,
  );
/** Names out of a contract become part of an IRI only in percent encoding. */
const urn = (...parts: string[]): string =>
  `<urn:mesh:${parts.map((part) => encodeURIComponent(wellFormed(part)).replaceAll("'", "%27")).join(":")}>`;
/** A link of an author, where it is one that Turtle can hold. */
function link(value: string): string | undefined {
  const url = URL.canParse(value) ? new URL(value).href : undefined;
  return url === undefined || !/^https?:[^\s<>"{}|\\^`]+$/.test(url) ? undefined : `<${url}>`;
}

type Lines = [predicate: string, object: string | undefined][];

function statement(subject: string, lines: Lines): string {
  const known = lines.filter((line): line is [string, string] => line[1] !== undefined && line[1] !== "");
  return `${subject}\n${known.map(([predicate, object]) => `  ${predicate} ${object}`).join(" ;\n")} .\n`;
}

function turtle(contract: Contract, context: EmitContext): string {
  const dataset = urn(contract.domain, contract.product);
  const distribution = (port: OutputPort): string => urn(contract.domain, contract.product, port.name);
  const owners = [contract.owner, ...Object.values(contract.ownership)].filter(
    (each): each is string => each !== undefined,
  );
  const page = contract.documentationUrl === undefined ? undefined : link(contract.documentationUrl);
  const about: Lines = [
    ["a", "dcat:Dataset"],
    ["dcterms:identifier", text(contract.id)],
    ["dcterms:title", text(contract.title ?? `${contract.domain}.${contract.product}`)],
    ["dcterms:description", contract.description === undefined ? undefined : text(contract.description)],
    ["dcat:version", text(contract.version)],
    ["dcat:keyword", contract.tags.map(text).join(", ")],
    ["dcat:landingPage", page],
    [
      "dcat:contactPoint",
      [...new Set(owners)].map((owner) => `[ a vcard:Group ; vcard:fn ${text(owner)} ]`).join(", "),
    ],
    ["prov:wasDerivedFrom", contract.lineage.upstream.map((source) => urn(...source.text.split("."))).join(", ")],
    ["dcterms:isReferencedBy", contract.lineage.downstream.map((target) => urn(...target.text.split("."))).join(", ")],
    ["dcat:distribution", contract.ports.map(distribution).join(", ")],
  ];
  return [
    `# ${generatedLine(contract)}`,
    "@prefix csvw: <http://www.w3.org/ns/csvw#> .",
    "@prefix dcat: <http://www.w3.org/ns/dcat#> .",
    "@prefix dcterms: <http://purl.org/dc/terms/> .",
    "@prefix prov: <http://www.w3.org/ns/prov#> .",
    "@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .",
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .",
    "",
    statement(dataset, about),
    ...contract.ports.map((port) => statement(distribution(port), portLines(port, context.relation(port)))),
  ].join("\n");
}

function portLines(port: OutputPort, relation: string): Lines {
  const keys = port.columns.filter((column) => column.constraints.primaryKey === true);
  const columns = [...withNested(port.columns)].filter(({ path }, i, all) => i === 0 || all[i - 1]!.path !== path);
  return [
    ["a", "dcat:Distribution"],
    ["dcterms:identifier", text(relation)],
    ["dcterms:title", text(port.title ?? port.name)],
    ["dcterms:description", port.description === undefined ? undefined : text(port.description)],
    [
      "csvw:tableSchema",
      `[ a csvw:Schema ;${keys.length === 0 ? "" : `\n    csvw:primaryKey ${keys.map((key) => text(key.name)).join(", ")} ;`}\n    csvw:column (\n${columns.map(({ column, path }) => `      ${columnNode(column, path)}\n`).join("")}    ) ]`,
    ],
  ];
}

function columnNode(column: ContractColumn, path: string): string {
  const lines: Lines = [
    ["csvw:name", text(path)],
    ["csvw:title", column.title === undefined ? undefined : text(column.title)],
    ["dcterms:description", column.description === undefined ? undefined : text(column.description)],
    ["csvw:required", column.nullable ? undefined : "true"],
    ["csvw:datatype", text(typeWordOf(column.type))],
  ];
  return `[ ${lines
    .filter(([, object]) => object !== undefined)
    .map(([predicate, object]) => `${predicate} ${object}`)
    .join(" ; ")} ]`;
}
