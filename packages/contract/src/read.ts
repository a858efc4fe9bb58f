import { didYouMean } from "@meshwork/diagnostics";
import type { DataProductFile } from "./datamesh/data-product.schema.ts";
import type { DomainFile } from "./datamesh/domain.schema.ts";
import type { MeshFile } from "./datamesh/mesh.schema.ts";
import { DIALECT, readDataProduct } from "./datamesh/read-data-product.ts";
import { readDomainFile } from "./datamesh/read-domain.ts";
import { readInfrastructureFile } from "./datamesh/read-infrastructure.ts";
import { readMeshFile } from "./datamesh/read-mesh.ts";
import { RECORD_KEYS, readRecordFile } from "./datamesh/read-product-record.ts";
import type { AnyDocument, Contract, Domain, Mesh } from "./model.ts";
import { shown } from "./names.ts";
import { readDcs } from "./dcs/read-dcs.ts";
import { readOdps } from "./odps/read-odps.ts";
import { readOdcs } from "./odcs/read-odcs.ts";
import type { Read, ReadContext } from "./source.ts";
import { openFile } from "./yaml/open-file.ts";
import type { OpenFile } from "./yaml/open-file.ts";
import { Item } from "./yaml/reader.ts";
import type { Reader, Section } from "./yaml/reader.ts";
import { entryOf } from "./yaml/yaml-node.ts";
import type { YamlMap } from "./yaml/yaml-node.ts";

/** A text with its name; the name is relative to the workspace, with `/`. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

const PLATFORM = "platform/v1";
type Kind = AnyDocument["kind"];

/** `apiVersion kind` of every document that is read here. */
const KINDS: readonly (readonly [string, Kind])[] = [
  [DIALECT, "DataProduct"],
  [DIALECT, "Domain"],
  [DIALECT, "Mesh"],
  [PLATFORM, "DataProductInfrastructure"],
];

const TITLES: Readonly<Record<Kind, string>> = {
  DataProduct: "data product",
  Domain: "domain",
  Mesh: "mesh",
  DataProductInfrastructure: "request for infrastructure",
  ProductRecord: "product record",
};

/**
 * Reads a data product's contract. Never throws: everything that is wrong is a diagnostic with its place, and what
 * could be read is in the value, which is absent only where not even a product's name was found.
 */
export function readContract(source: SourceText, context: ReadContext = {}): Read<Contract> {
  return readKind(source, context, "DataProduct");
}

/** Reads a `domain.yaml`; see `readContract`. */
export function readDomain(source: SourceText, context: ReadContext = {}): Read<Domain> {
  return readKind(source, context, "Domain");
}

/** Reads a `mesh.yaml`; see `readContract`. */
export function readMesh(source: SourceText): Read<Mesh> {
  return readKind(source, {}, "Mesh");
}

/** Reads whatever document a file holds, by its `apiVersion` and `kind`; a product record is known by its keys. */
export function readAnyDocument(source: SourceText, context: ReadContext = {}): Read<AnyDocument> {
  const file = openFile(source);
  const [document] = file.documents;
  if (document !== undefined) severalDocuments(file, document, "document");
  const kind = document === undefined ? undefined : kindOf(file, document);
  const value = document === undefined || kind === undefined ? undefined : readAs(kind, file, document, context);
  return finish(file, document, value);
}

function readKind<K extends Kind>(
  source: SourceText,
  context: ReadContext,
  wanted: K,
): Read<Extract<AnyDocument, { kind: K }>> {
  const file = openFile(source);
  // Of several documents the wanted one is read, and the others are reported.
  const document = file.documents.find((each) => isKind(each, wanted)) ?? file.documents[0];
  type Wanted = Extract<AnyDocument, { kind: K }>;
  if (document === undefined) return finish<Wanted>(file, undefined, undefined);
  severalDocuments(file, document, TITLES[wanted]);
  const kind = kindOf(file, document);
  if (kind !== undefined && kind !== wanted) {
    const item = new Item(file.reader, entryOf(document, "kind")?.value, entryOf(document, "kind")?.key, ["kind"]);
    item.report("wrong-kind", { found: TITLES[kind], wanted: TITLES[wanted] });
  }
  const value = kind === wanted ? readAs(wanted, file, document, context) : undefined;
  return finish(file, document, value as Wanted | undefined);
}

/** Dialects of others that describe a data product, known by their version keys. */
function codecOf(
  document: YamlMap,
): ((reader: Reader, document: YamlMap, context: ReadContext) => Contract | undefined) | undefined {
  const apiVersion = scalarAt(document, "apiVersion");
  const kind = scalarAt(document, "kind");
  // A version of the standard tells enough: a kind that is missing or misspelt is then said by its schema.
  if (
    kind === "DataContract" ? apiVersion === undefined || /^v?3\b/.test(apiVersion) : /^v?3\.\d/.test(apiVersion ?? "")
  )
    return readOdcs;
  if (apiVersion !== undefined && /^v?[01]\.\d/.test(apiVersion)) return readOdps;
  if (entryOf(document, "dataContractSpecification") !== undefined) return readDcs;
  return undefined;
}

const isKind = (document: YamlMap, wanted: Kind): boolean =>
  scalarAt(document, "kind") === wanted || (wanted === "DataProduct" && codecOf(document) !== undefined);

type AnySection = Section<Record<string, unknown>>;

const readers: { readonly [K in Kind]: (section: AnySection, context: ReadContext) => AnyDocument | undefined } = {
  DataProduct: (section, context) => readDataProduct(section as unknown as Section<DataProductFile>, context),
  Domain: (section, context) => readDomainFile(section as unknown as Section<DomainFile>, context),
  Mesh: (section) => readMeshFile(section as unknown as Section<MeshFile>),
  DataProductInfrastructure: (section) => readInfrastructureFile(section),
  ProductRecord: (section) => readRecordFile(section),
};

function readAs(kind: Kind, file: OpenFile, document: YamlMap, context: ReadContext): AnyDocument | undefined {
  const codec = kind === "DataProduct" ? codecOf(document) : undefined;
  return codec === undefined ? readers[kind](open(file, document), context) : codec(file.reader, document, context);
}

function open(file: OpenFile, document: YamlMap): AnySection {
  return new Item<Record<string, unknown>>(file.reader, document, undefined, []).section("The file")!;
}

function finish<T>(file: OpenFile, document: YamlMap | undefined, value: T | undefined): Read<T> {
  const { source, diagnostics } = file.reader;
  if (document !== undefined) source.root = document;
  return { source, value, diagnostics };
}

function severalDocuments(file: OpenFile, chosen: YamlMap, kind: string): void {
  const { documents } = file.reader.source.yaml;
  const other = documents.find((document) => document !== chosen);
  if (other === undefined) return;
  const { source } = file.reader;
  const at = Math.max(0, other.start);
  file.reader.report("several-documents", { count: documents.length, kind }, [], () => source.span(at, at));
}

function scalarAt(map: YamlMap, key: string): string | undefined {
  const node = entryOf(map, key)?.value;
  return node?.kind === "scalar" ? node.text : undefined;
}

function kindOf(file: OpenFile, document: YamlMap): Kind | undefined {
  const apiVersion = scalarAt(document, "apiVersion");
  const kind = scalarAt(document, "kind");
  const found = KINDS.find(([a, k]) => a === apiVersion && k === kind);
  if (found !== undefined) return found[1];
  if (codecOf(document) !== undefined) return "DataProduct";
  const has = (key: string): boolean => entryOf(document, key) !== undefined;
  if (!has("apiVersion") && !has("kind") && has("id") && has("name") && RECORD_KEYS.some(has)) return "ProductRecord";
  const known = KINDS.some(([a]) => a === apiVersion);
  const key = known ? "kind" : "apiVersion";
  const entry = entryOf(document, key);
  const given = scalarAt(document, key);
  const choices = known
    ? KINDS.filter(([a]) => a === apiVersion).map(([, k]) => k)
    : [...new Set(KINDS.map(([a]) => a))];
  const what =
    entry === undefined
      ? `The file has no "${key}", so nothing says how to read it.`
      : `No format with ${key} "${shown(given ?? "")}" is read here.`;
  const suggestion = given === undefined ? "" : didYouMean(given, choices);
  const item = new Item(file.reader, entry?.value, entry?.key, entry === undefined ? [] : [key]);
  const head = document.entries[0]?.key;
  const place =
    entry === undefined && head !== undefined ? () => file.reader.source.span(head.start, head.end) : item.place;
  file.reader.report("unknown-dialect", { what, suggestion }, item.path, place);
  return undefined;
}
