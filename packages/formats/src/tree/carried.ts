import type { Contract, ContractColumn, OutputPort } from "@meshwork/contract";
import type { EmitContext } from "../define-format.ts";
import type { SchemaNode } from "./schema-tree.ts";
import { nodesOf, treesOf } from "./schema-tree.ts";

/** What a contract can say of a column besides its name and type. */
export type ColumnFeature = keyof typeof columnFeatures;
/** What it can say of a port besides its columns. */
export type PortFeature = keyof typeof portFeatures;
/** What it can say of the product. */
export type ProductFeature = keyof typeof productFeatures;

/** The table of a format: what it carries. All else that a contract has is reported as lost. */
export interface Carried {
  readonly columns: readonly ColumnFeature[];
  /** Of fields and elements; as of columns where absent. */
  readonly nested?: readonly ColumnFeature[] | undefined;
  readonly ports: readonly PortFeature[];
  readonly product: readonly ProductFeature[];
}

type Found<T> = Readonly<Record<string, readonly [(of: T) => boolean, string]>>;
const some = (value: unknown): boolean => value !== undefined;
const any = (value: object): boolean =>
  Object.values(value).some((part) => (Array.isArray(part) ? part.length > 0 : part !== undefined));

const ofColumn = (found: (column: ContractColumn) => boolean) => (node: SchemaNode) =>
  node.column !== undefined && found(node.column);

const columnFeatures = {
  "not-null": [(n) => !n.nullable, "That it is never null is not said."],
  "primary-key": [(n) => n.constraints.primaryKey === true, "That it is the key is not said."],
  unique: [(n) => n.constraints.unique === true, "Uniqueness concerns all rows; the format describes one."],
  references: [(n) => some(n.constraints.references), "A reference concerns another product's rows."],
  length: [(n) => some(n.constraints.minLength ?? n.constraints.maxLength), "Lengths are not limited."],
  bounds: [({ constraints: c }) => some(c.min ?? c.max ?? c.exclusiveMin ?? c.exclusiveMax), "Values have no bounds."],
  pattern: [(n) => some(n.constraints.pattern), "The pattern is not kept."],
  enum: [(n) => some(n.constraints.enum), "The accepted values are not kept."],
  format: [(n) => some(n.constraints.format), "The format of the text is not kept."],
  timezone: [(n) => some(n.constraints.timezone), "The name of the time zone is not kept."],
  title: [(n) => some(n.title), "Its title is not kept."],
  description: [(n) => some(n.description), "Its description is not kept."],
  examples: [ofColumn((c) => some(c.examples)), "Examples are not kept."],
  tags: [ofColumn((c) => c.tags.length > 0), "Tags are not kept."],
  pii: [ofColumn((c) => c.pii), "That it is personal is not said."],
  masking: [ofColumn((c) => some(c.masking)), "Masking is not described."],
  classification: [ofColumn((c) => some(c.classification)), "Its classification is not kept."],
  embedding: [
    ({ embedding: e }) => e !== undefined && Object.keys(e).length > 2,
    "Model, metric and modality of the embedding are not kept.",
  ],
  media: [
    ofColumn((c) => some(c.media)),
    "Which objects it refers to (media types, place, checksum, size) is not kept.",
  ],
  deprecated: [ofColumn((c) => some(c.deprecated)), "That it is deprecated is not said."],
  extensions: [ofColumn((c) => any(c.extensions)), "Extensions are not kept."],
} as const satisfies Found<SchemaNode>;

const portFeatures = {
  title: [(p) => some(p.title), "The port's title is not kept."],
  description: [(p) => some(p.description), "The port's description is not kept."],
  checks: [(p) => p.checks.length > 0, "The port's checks are not kept."],
  sla: [(p) => any(p.sla), "The port's service levels are not kept."],
} as const satisfies Found<OutputPort>;

const productFeatures = {
  title: [(c) => some(c.title), "The product's title is not kept."],
  description: [(c) => some(c.description), "The product's description is not kept."],
  tags: [(c) => c.tags.length > 0, "The product's tags are not kept."],
  documentation: [(c) => some(c.documentationUrl), "The link to the documentation is not kept."],
  owner: [(c) => some(c.owner) || any(c.ownership), "Who answers for the product is not said."],
  use: [(c) => c.useCases.length > 0 || some(c.limitations), "Uses and limitations are not kept."],
  sensitivity: [(c) => some(c.sensitivity), "The product's sensitivity is not kept."],
  retention: [(c) => some(c.retention), "How long data are kept is not said."],
  sla: [(c) => any(c.sla), "The product's service levels are not kept."],
  inputs: [(c) => c.inputs.length > 0, "What the product expects of others is not kept."],
  storage: [(c) => c.storage !== undefined, "Storage is not described."],
  lineage: [(c) => any(c.lineage), "Lineage is not kept."],
  access: [(c) => any(c.access), "Who may read is not said."],
  deprecation: [(c) => some(c.deprecation), "That the product is deprecated is not said."],
  extensions: [(c) => any(c.extensions), "The product's extensions are not kept."],
} as const satisfies Found<Contract>;

/** Reports everything that the contract says and the table does not name: product first, then each port. */
export function reportUncarried(contract: Contract, context: EmitContext, carried: Carried): void {
  const place = contract.dialect.startsWith("datamesh.io/") ? ["spec"] : [];
  for (const [feature, message] of missing(productFeatures, contract, carried.product))
    context.report({ feature, message, path: [...place, feature] });
  for (const port of contract.ports) {
    for (const [feature, message] of missing(portFeatures, port, carried.ports))
      context.report({ feature, message, port: port.name, path: port.at });
    for (const tree of treesOf(port.columns)) {
      for (const node of nodesOf(tree)) {
        const table = node === tree ? carried.columns : (carried.nested ?? carried.columns);
        for (const [feature, message] of missing(columnFeatures, node, table))
          context.report({ feature, message, port: port.name, column: node.path, path: node.at });
      }
    }
  }
}

function* missing<T>(all: Found<T>, of: T, carried: readonly string[]): Generator<readonly [string, string]> {
  for (const [feature, [found, message]] of Object.entries(all))
    if (!carried.includes(feature) && found(of)) yield [feature, message];
}

/** Every feature there is, for a format that carries all and names exceptions. */
export const allColumnFeatures = Object.keys(columnFeatures) as ColumnFeature[];
export const allPortFeatures = Object.keys(portFeatures) as PortFeature[];
export const allProductFeatures = Object.keys(productFeatures) as ProductFeature[];
