import type { Path } from "@meshwork/diagnostics";
import type { LogicalType } from "@meshwork/sql";

/**
 * The one model that every dialect is read into. Shaped like the Open Data Contract Standard where it has a
 * concept; direction of ports, live versions, lineage, masking, embeddings and deprecation are ours.
 *
 * `at` is the place in the authored document, for diagnostics; it is no part of the promise and never locked.
 */
export type Sensitivity = "public" | "internal" | "confidential" | "restricted";
export type ProductStatus = "draft" | "active" | "deprecated" | "retired";
export type CheckSeverity = "error" | "warning";
export type Masking = "hash" | "redact" | "partial" | "null" | "none";

/** A length of time: as written, and in seconds (months count 30 days, years 365). */
export interface Duration {
  readonly text: string;
  readonly seconds: number;
}

/** A share from 0 to 1, kept beside what was written ("99.9%"). */
export interface Share {
  readonly text: string;
  readonly value: number;
}

export interface Deprecation {
  readonly since?: string | undefined;
  /** The date from which it may be gone (`until` on a column, `sunset` on a product). */
  readonly until?: string | undefined;
  readonly replacedBy?: string | undefined;
  readonly reason?: string | undefined;
  readonly guide?: string | undefined;
}

export interface Embedding {
  readonly dimensions: number;
  readonly element: "float32" | "float64" | "float16" | "int8";
  readonly model?: string | undefined;
  readonly modelVersion?: string | undefined;
  readonly metric?: "cosine" | "dot" | "euclidean" | undefined;
  readonly normalized?: boolean | undefined;
  readonly modality?: string | undefined;
}

/** What a column of references to images, recordings, documents and other objects promises. */
export interface Media {
  /** Media types (RFC 6838) that the objects may have: `image/png`, or `image/*` for all of a kind. */
  readonly types: readonly string[];
  /** URI or folder under which every object lies; references may be written from there. */
  readonly base?: string | undefined;
  /** Schemes that whole URIs may have, in lower case: `s3`, `https`. */
  readonly schemes?: readonly string[] | undefined;
  /** The columns beside it (in a struct: the fields beside it) that describe each object. */
  readonly typeColumn?: string | undefined;
  readonly sizeColumn?: string | undefined;
  readonly checksum?: MediaChecksum | undefined;
  /** Greatest size of one object, in bytes. */
  readonly maxBytes?: number | undefined;
}

export interface MediaChecksum {
  readonly algorithm: "md5" | "sha1" | "sha256" | "sha512";
  /** Holds the digest of each object's bytes, as hexadecimal text. */
  readonly column: string;
}

/** What holds for every value of a column. */
export interface Constraints {
  readonly primaryKey?: boolean | undefined;
  /** Order within a composite primary key, from 1. */
  readonly primaryKeyPosition?: number | undefined;
  readonly unique?: boolean | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  /** Bounds as written: numbers, or ISO dates and timestamps. */
  readonly min?: number | string | undefined;
  readonly max?: number | string | undefined;
  readonly exclusiveMin?: number | string | undefined;
  readonly exclusiveMax?: number | string | undefined;
  readonly pattern?: string | undefined;
  readonly enum?: readonly (string | number | boolean)[] | undefined;
  readonly format?: string | undefined;
  readonly timezone?: string | undefined;
  /** `domain.product.column` or `domain.product.port.column`. */
  readonly references?: string | undefined;
}

export interface ContractColumn {
  readonly name: string;
  readonly type: LogicalType;
  /** The word the author used: `long`, `embedding`, `varchar(36)`. */
  readonly typeName: string;
  readonly nullable: boolean;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly examples?: readonly unknown[] | undefined;
  readonly tags: readonly string[];
  readonly constraints: Constraints;
  readonly pii: boolean;
  readonly masking?: Masking | undefined;
  readonly classification?: Sensitivity | undefined;
  readonly embedding?: Embedding | undefined;
  readonly media?: Media | undefined;
  readonly deprecated?: Deprecation | undefined;
  /** What it was called before: with this hint a rename is one change, not a column that is gone and a new one. */
  readonly renamedFrom?: string | undefined;
  /** Fields of a struct, or of an array's struct elements, with their own constraints. */
  readonly fields?: readonly ContractColumn[] | undefined;
  /** The elements of an array or the values of a map, where they are described by keys of their own. */
  readonly element?: ContractColumn | undefined;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly at: Path;
}

/** A check of a port, by our name or Great Expectations', or as SQL. */
export interface ContractCheck {
  /** Unique within the port: as written, or `<assertion>.<column>`. */
  readonly name: string;
  readonly column?: string | undefined;
  readonly assertion: string;
  /** Keyword arguments of the assertion; a single value stands under `value`. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** `sql` checks: the query, with `{port}` for the relation. */
  readonly sql?: string | undefined;
  /** Share of rows that must pass (Great Expectations' `mostly`), 0 to 1. */
  readonly threshold?: number | undefined;
  readonly severity: CheckSeverity;
  readonly dimension?: string | undefined;
  readonly description?: string | undefined;
  /** A condition on the rows that the check looks at. */
  readonly where?: string | undefined;
  /** Unknown `x-…` keys, and what another dialect says that we have no word for. */
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
  readonly at: Path;
}

export interface ServiceLevels {
  readonly freshness?: Duration | undefined;
  readonly availability?: Share | undefined;
  readonly completeness?: Share | undefined;
  readonly accuracy?: Share | undefined;
  readonly latency?: Duration | undefined;
}

export interface OutputPort {
  /** snake_case, as SQL and dbt see it; the default port is named after the product. */
  readonly name: string;
  readonly default: boolean;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /** How the schema was given: `avro`, `json`, `table` … informative. */
  readonly schemaType?: string | undefined;
  readonly columns: readonly ContractColumn[];
  readonly checks: readonly ContractCheck[];
  readonly sla: ServiceLevels;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
  readonly at: Path;
}

/** `content.page-catalog@1`, or a name outside the mesh. */
export interface UpstreamReference {
  readonly text: string;
  /** First segment; a domain where the mesh knows it. */
  readonly domain: string;
  /** kebab-case product name, second segment. */
  readonly product: string;
  readonly port?: string | undefined;
  readonly major?: number | undefined;
}

/** What this product expects of others. */
export interface InputPort {
  readonly name: string;
  readonly from: UpstreamReference;
  readonly freshness?: Duration | undefined;
  readonly columns: readonly ContractColumn[];
  readonly description?: string | undefined;
  readonly at: Path;
}

/** The nine roles. */
export interface Ownership {
  readonly domainOwner?: string | undefined;
  readonly productOwner?: string | undefined;
  readonly technicalOwner?: string | undefined;
  readonly developer?: string | undefined;
  readonly businessOwner?: string | undefined;
  readonly steward?: string | undefined;
  readonly onCallRotation?: string | undefined;
  readonly escalationPath?: string | undefined;
  readonly communicationChannel?: string | undefined;
}

export interface Access {
  readonly roles: readonly string[];
  readonly policies: readonly string[];
  readonly purposes: readonly string[];
  readonly rowFilter?: string | undefined;
}

export interface Retention {
  readonly period: Duration;
  /** The column whose age counts. */
  readonly by?: string | undefined;
}

export interface Storage {
  readonly format?: string | undefined;
  readonly location?: string | undefined;
  readonly encryption?: string | undefined;
  readonly partitionBy: readonly string[];
}

export interface Contract {
  readonly kind: "DataProduct";
  /** The dialect it was read from: `datamesh.io/v1`, `odcs/3.1.0` … */
  readonly dialect: string;
  /** Immutable; derived as `<domain>.<product>` where the author gave none. */
  readonly id: string;
  /** As written: `orders-domain.order_events`. */
  readonly name: string;
  readonly domain: string;
  /** kebab-case, without the domain: `order-events`. */
  readonly product: string;
  readonly version: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly status: ProductStatus;
  readonly tags: readonly string[];
  readonly documentationUrl?: string | undefined;
  readonly previousVersions: readonly string[];
  /** Short form of who answers for it; falls back to the technical or product owner. */
  readonly owner?: string | undefined;
  readonly ownership: Ownership;
  readonly useCases: readonly string[];
  readonly limitations?: string | undefined;
  readonly sensitivity?: Sensitivity | undefined;
  readonly retention?: Retention | undefined;
  readonly sla: ServiceLevels;
  readonly inputs: readonly InputPort[];
  /** The default port first. */
  readonly ports: readonly OutputPort[];
  readonly storage?: Storage | undefined;
  /** Product-level lineage as authored; `downstream` is informative, the graph is the truth. */
  readonly lineage: {
    readonly upstream: readonly UpstreamReference[];
    readonly downstream: readonly UpstreamReference[];
  };
  readonly access: Access;
  readonly deprecation?: Deprecation | undefined;
  /** Unknown `x-…` keys, kept so that a round trip loses nothing. */
  readonly extensions: Readonly<Record<string, unknown>>;
}

export interface DomainPolicy {
  readonly name: string;
  readonly enforcement: "required" | "recommended" | "optional";
  /** `all`, or the domains it applies to. A domain's own policy applies to that domain. */
  readonly domains: readonly string[];
  readonly graceUntil?: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
  readonly at: Path;
}

export interface Domain {
  readonly kind: "Domain";
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly owner?: string | undefined;
  readonly channel?: string | undefined;
  readonly capabilities: readonly string[];
  readonly boundedContext?: string | undefined;
  readonly entities: readonly string[];
  readonly policies: readonly DomainPolicy[];
  readonly defaults: { readonly sensitivity?: Sensitivity | undefined; readonly sla: ServiceLevels };
  /** A dbt project that dbt itself runs; the domain's products are parts of it. */
  readonly dbt?: DomainDbt | undefined;
}

export interface DomainDbt {
  /** The folder with `dbt_project.yml`, from the workspace's root, with `/`; empty for the root itself. */
  readonly project: string;
  /** By product: folders of the project, names of models, `group:NAME`. */
  readonly products: Readonly<Record<string, readonly string[]>>;
  readonly at: Path;
}

/** A value, or a reference to one that the environment holds. Never the secret itself. */
export type SettingValue = string | number | boolean | { readonly env: string } | { readonly file: string };

export interface Target {
  readonly name: string;
  readonly engine: string;
  /** Of the embedded engine: where the lake lies, relative to the workspace. */
  readonly path?: string | undefined;
  readonly production: boolean;
  readonly writeFrom: readonly string[];
  /** Everything else, as written: url, catalog, identity, storage. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly at: Path;
}

export interface PublishTarget {
  readonly name: string;
  readonly kind: string;
  readonly url?: SettingValue | undefined;
  readonly key?: SettingValue | undefined;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly at: Path;
}

export interface IgnoreEntry {
  readonly rule: string;
  readonly product?: string | undefined;
  readonly reason: string;
  readonly until?: string | undefined;
  readonly at: Path;
}

/** How changes of contracts are graded in this mesh. */
export interface CompatibilitySettings {
  readonly mode: string;
  /** Also against every earlier version of the same major, not only the last. */
  readonly transitive: boolean;
  /** How long an older major version lives on when the next one is started. */
  readonly sunsetAfter?: Duration | undefined;
  /** Widened types are major, too. */
  readonly strict: boolean;
  /** Readers take columns by position. */
  readonly positional: boolean;
  /** Levels by code that replace the usual ones. */
  readonly levels: Readonly<Record<string, "major" | "minor" | "patch" | "none">>;
  readonly approvals: readonly Approval[];
}

/** Somebody's agreement to a change that needs one, for one version of one product. */
export interface Approval {
  readonly rule: string;
  readonly product: string;
  /** The version that brings the change: an agreement does not hold for the next. */
  readonly version: string;
  readonly column?: string | undefined;
  readonly by: string;
  readonly reason?: string | undefined;
  readonly at: Path;
}

/** Ways to write a name of several words. */
export const conventions = ["snake_case", "camelCase", "PascalCase", "kebab-case", "lower"] as const;
export type NamingConvention = (typeof conventions)[number];

export interface Mesh {
  readonly kind: "Mesh";
  readonly name: string;
  readonly npmScope: string;
  readonly domains: readonly string[];
  readonly naming: {
    readonly relation: string;
    readonly schema: string;
    readonly columns?: NamingConvention | undefined;
    readonly ports?: NamingConvention | undefined;
    readonly products?: NamingConvention | undefined;
  };
  readonly defaultTarget: string;
  readonly targets: readonly Target[];
  readonly policies: readonly DomainPolicy[];
  readonly rules: Readonly<Record<string, "off" | "info" | "warning" | "error">>;
  readonly ignore: readonly IgnoreEntry[];
  readonly publish: readonly PublishTarget[];
  readonly compatibility: CompatibilitySettings;
}

/** A request for infrastructure: `platform/v1 DataProductInfrastructure`. */
export interface Infrastructure {
  readonly kind: "DataProductInfrastructure";
  readonly name: string;
  /** The domain that it belongs to. */
  readonly namespace?: string | undefined;
  readonly storage?:
    | {
        readonly type?: string | undefined;
        readonly format?: string | undefined;
        readonly location?: string | undefined;
        readonly retention?: Duration | undefined;
        readonly encryption?: string | undefined;
      }
    | undefined;
  readonly processing?:
    | {
        readonly engine?: string | undefined;
        readonly version?: string | undefined;
        readonly autoScaling?: boolean | undefined;
        readonly minWorkers?: number | undefined;
        readonly maxWorkers?: number | undefined;
      }
    | undefined;
  readonly orchestration?:
    | {
        readonly tool?: string | undefined;
        readonly schedule?: string | undefined;
        readonly timeout?: Duration | undefined;
      }
    | undefined;
  readonly quality?:
    | { readonly framework?: string | undefined; readonly checks: readonly InfrastructureCheck[] }
    | undefined;
  readonly discovery?:
    | {
        readonly catalog?: string | undefined;
        readonly publishSchema?: boolean | undefined;
        readonly generateDocs?: boolean | undefined;
      }
    | undefined;
  readonly security?:
    | {
        readonly accessControl?: string | undefined;
        readonly encryptionAtRest?: boolean | undefined;
        readonly auditLogging?: boolean | undefined;
      }
    | undefined;
}

/** `> 1000`, `< 1%`, `< 24 hours`: the value is rows or a number, a share, or seconds. */
export interface InfrastructureCheck {
  readonly name: string;
  readonly column?: string | undefined;
  readonly operator: "<" | "<=" | ">" | ">=" | "=";
  readonly value: number;
  readonly unit: "number" | "share" | "seconds";
  readonly at: Path;
}

/** A product as a catalog's record describes it, without schema or checks. */
export interface ProductRecord {
  readonly kind: "ProductRecord";
  readonly id: string;
  readonly name: string;
  readonly domain?: string | undefined;
  readonly ownerTeam?: string | undefined;
  readonly description?: string | undefined;
  readonly tags: readonly string[];
  readonly documentationUrl?: string | undefined;
  readonly sla: ServiceLevels;
  readonly qualityMetrics: Readonly<Record<string, number>>;
  readonly currentVersion?: string | undefined;
  readonly previousVersions: readonly string[];
  readonly sensitivity?: Sensitivity | undefined;
  readonly retention?: Duration | undefined;
}

export type AnyDocument = Contract | Domain | Mesh | Infrastructure | ProductRecord;
