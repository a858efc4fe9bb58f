import { createHash } from "node:crypto";
import type { ColumnEdge, ObservedPort } from "@meshwork/catalog-api";
import type { InputField, SchemaField } from "./openlineage-facets.ts";
import {
  assertionsFacet,
  columnLineageFacet,
  dataSourceFacet,
  datasetDocumentationFacet,
  datasetOwnershipFacet,
  datasetVersionFacet,
  environmentFacet,
  errorMessageFacet,
  jobDocumentationFacet,
  jobOwnershipFacet,
  jobTypeFacet,
  outputStatisticsFacet,
  parentFacet,
  processingEngineFacet,
  producer,
  promisedField,
  schemaFacet,
  sourceCodeFacet,
  sqlFacet,
  symlinksFacet,
} from "./openlineage-facets.ts";
import type { Facets } from "./openlineage-facets.ts";
import type { ProductSnapshot, SnapshotInput } from "./snapshot.ts";

export interface Dataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets: Facets;
  readonly inputFacets?: Facets;
  readonly outputFacets?: Facets;
}

export interface RunEvent {
  readonly eventTime: string;
  readonly eventType: "START" | "COMPLETE" | "FAIL" | "ABORT";
  readonly producer: string;
  readonly schemaURL: string;
  readonly run: { readonly runId: string; readonly facets: Facets };
  readonly job: { readonly namespace: string; readonly name: string; readonly facets: Facets };
  readonly inputs: readonly Dataset[];
  readonly outputs: readonly Dataset[];
}

const schemaURL = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";
const adapterVersion = "0.1.0";

/** Datasets of one environment have a namespace of their own: dev's orders are not prod's. */
const datasetNamespace = (namespace: string, snapshot: ProductSnapshot): string =>
  `${namespace}/${snapshot.environment}`;

/**
 * The events of a product's run: START and COMPLETE, FAIL or ABORT of its build; where checks ran, the same of a
 * second job `<product>.checks`, child of the first, that reads the ports. Assertions are facets of an input, and a
 * build that read its own output would be a loop. Nothing without a run.
 */
export function eventsOf(snapshot: ProductSnapshot, namespace: string): RunEvent[] {
  const { run } = snapshot;
  if (run === undefined) return [];
  const datasets = datasetNamespace(namespace, snapshot);
  const inputs = snapshot.inputs.map((input) => inputDataset(input, datasets));
  const outputs = snapshot.ports.map((port) => outputDataset(snapshot, port, datasets, false));
  const job = { namespace, name: snapshot.product, facets: jobFacets(snapshot) };
  const ended = endOf(snapshot);
  const runFacets: Facets = {
    tags: environmentFacet(snapshot.environment),
    ...(snapshot.engine === undefined
      ? {}
      : { processing_engine: processingEngineFacet(snapshot.engine.name, snapshot.engine.version, adapterVersion) }),
  };

  const event = (
    eventType: RunEvent["eventType"],
    eventTime: string,
    part: Pick<RunEvent, "run" | "job" | "inputs" | "outputs">,
  ): RunEvent => ({ eventTime: new Date(eventTime).toISOString(), eventType, producer, schemaURL, ...part });

  const events = [
    event("START", run.startedAt, {
      run: { runId: run.runId, facets: runFacets },
      job,
      inputs,
      outputs: outputs.map(bare),
    }),
  ];
  if (ended !== undefined)
    events.push(
      event(ended.type, ended.at, {
        run: {
          runId: run.runId,
          facets: {
            ...runFacets,
            ...(ended.type === "FAIL" ? { errorMessage: errorMessageFacet(snapshot.error ?? "The run failed.") } : {}),
          },
        },
        job,
        inputs,
        // A failed run published nothing new: its ports stand for what it would have written, without statistics.
        outputs:
          ended.type === "COMPLETE"
            ? snapshot.ports.map((port) => outputDataset(snapshot, port, datasets, true))
            : outputs.map(bare),
      }),
    );

  const checked = snapshot.ports.filter((port) =>
    snapshot.checks.some((c) => c.port === port.port && c.status !== "skipped"),
  );
  if (checked.length > 0 && ended !== undefined) {
    const name = `${snapshot.product}.checks`;
    const part = {
      run: {
        runId: childRunId(run.runId, "checks"),
        facets: { ...runFacets, parent: parentFacet(run.runId, namespace, snapshot.product) },
      },
      job: { namespace, name, facets: { jobType: jobTypeFacet("CHECKS"), ownership: jobOwnershipFacet(snapshot) } },
      outputs: [],
    };
    const ports = checked.map((port) => outputDataset(snapshot, port, datasets, false));
    events.push(event("START", ended.at, { ...part, inputs: ports.map(bare) }));
    events.push(
      event("COMPLETE", ended.at, {
        ...part,
        inputs: checked.map((port, at) => ({
          ...ports[at]!,
          inputFacets: { dataQualityAssertions: assertionsFacet(snapshot.checks.filter((c) => c.port === port.port)) },
        })),
      }),
    );
  }
  return events;
}

/** A dataset's identity, without what is not yet known when a run starts. */
const bare = ({ namespace, name }: Dataset): Dataset => ({ namespace, name, facets: {} });

function endOf({ run }: ProductSnapshot): { type: "COMPLETE" | "FAIL" | "ABORT"; at: string } | undefined {
  if (run === undefined || run.status === "running") return undefined;
  const type = run.status === "completed" ? "COMPLETE" : run.status === "failed" ? "FAIL" : "ABORT";
  return { type, at: run.endedAt ?? run.startedAt };
}

/** What a product's port is called wherever it appears: its relation, else `<product>.<port>`. */
const portName = (product: string, port: string | undefined, relation: string | undefined): string =>
  relation ?? (port === undefined ? product : `${product}.${port}`);

function inputDataset(input: SnapshotInput, namespace: string): Dataset {
  const facets: Facets = {};
  if (input.columns !== undefined) facets["schema"] = schemaFacet(input.columns);
  if (input.location !== undefined) facets["symlinks"] = symlinksFacet("file", input.location);
  return { namespace, name: portName(input.name, input.port, input.relation), facets };
}

function outputDataset(snapshot: ProductSnapshot, port: ObservedPort, namespace: string, isComplete: boolean): Dataset {
  const { contract } = snapshot;
  const promised = contract.ports.find((p) => p.name === port.port);
  const facets: Facets = {
    dataSource: dataSourceFacet(namespace, uriOf(port.location)),
    ownership: datasetOwnershipFacet(snapshot),
  };
  const columns = schemaOf(port, promised?.columns.map(promisedField));
  if (columns.length > 0) facets["schema"] = schemaFacet(columns);
  const description = promised?.description ?? contract.description;
  if (description !== undefined) facets["documentation"] = datasetDocumentationFacet(description);
  if (port.snapshot !== undefined && isComplete) facets["version"] = datasetVersionFacet(port.snapshot);
  if (port.location !== undefined) facets["symlinks"] = symlinksFacet("file", port.location);
  const lineage = columnInputs(snapshot, port.port, namespace);
  if (lineage.size > 0) facets["columnLineage"] = columnLineageFacet(lineage);
  const name = portName(snapshot.product, port.port, port.relation);
  const hasFigures = isComplete && (port.rows !== undefined || port.bytes !== undefined);
  return {
    namespace,
    name,
    facets,
    ...(hasFigures ? { outputFacets: { outputStatistics: outputStatisticsFacet(port.rows, port.bytes) } } : {}),
  };
}

/** The engine's types with the contract's words; the contract alone where nothing was built. */
function schemaOf(port: ObservedPort, promised: readonly SchemaField[] = []): readonly SchemaField[] {
  if (port.columns === undefined) return promised;
  return port.columns.map((column) => {
    const words = promised.find((p) => p.name === column.name);
    return { name: column.name, type: column.type, description: words?.description, fields: words?.fields };
  });
}

function columnInputs(snapshot: ProductSnapshot, port: string, namespace: string): Map<string, InputField[]> {
  const byColumn = new Map<string, InputField[]>();
  for (const edge of snapshot.columns) {
    if (edge.to.port !== port) continue;
    const list = byColumn.get(edge.to.column) ?? [];
    list.push({
      namespace,
      name: inputName(snapshot, edge),
      field: edge.from.column,
      type: edge.type === "direct" ? "DIRECT" : "INDIRECT",
      subtype: edge.subtype,
      masking: edge.masking,
    });
    byColumn.set(edge.to.column, list);
  }
  return new Map([...byColumn].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The same name that the input itself has among the event's inputs. */
function inputName(snapshot: ProductSnapshot, { from }: ColumnEdge): string {
  const candidates = snapshot.inputs.filter((input) => input.name === from.name);
  const input = candidates.find((c) => c.port === from.port) ?? candidates[0];
  return portName(from.name, from.port ?? input?.port, input?.relation);
}

function jobFacets(snapshot: ProductSnapshot): Facets {
  const { contract, git, models = [], engine } = snapshot;
  const facets: Facets = { jobType: jobTypeFacet("DATA_PRODUCT"), ownership: jobOwnershipFacet(snapshot) };
  if (contract.description !== undefined) facets["documentation"] = jobDocumentationFacet(contract.description);
  if (models.length > 0)
    facets["sql"] = sqlFacet(
      models.map((model) => `-- ${model.name.replace(/\s+/g, " ")}\n${model.sql.trim()}`).join(";\n\n"),
      engine?.name,
    );
  const repository = webAddress(git?.repository);
  if (git !== undefined && repository !== undefined)
    facets["sourceCodeLocation"] = sourceCodeFacet(repository, snapshot.file, git.commit, git.branch);
  return facets;
}

/** `git@host:org/repo.git` and `https://user:token@host/org/repo` as https://host/org/repo: never an account in an event. */
function webAddress(repository: string | undefined): string | undefined {
  if (repository === undefined) return undefined;
  const ssh = /^(?:ssh:\/\/)?git@([\w.-]+)[:/](?:\d+\/)?([\w./-]+?)(?:\.git)?\/?$/.exec(repository);
  if (ssh !== null) return `https://${ssh[1]}/${ssh[2]}`;
  const http = /^https?:\/\/(?:[^@/\s]*@)?([\w.:-]+)\/([\w./-]+?)(?:\.git)?\/?$/.exec(repository);
  return http === null ? undefined : `https://${http[1]}/${http[2]}`;
}

const uriOf = (location: string | undefined): string | undefined =>
  location === undefined
    ? undefined
    : /^[a-z][a-z0-9+.-]*:\/\//i.test(location)
      ? encodeURI(location)
      : location.startsWith("/")
        ? `file://${encodeURI(location)}`
        : undefined;

/** A UUID (version 8: its bits are ours) that follows from the run's: the same run has the same child. */
export function childRunId(runId: string, name: string): string {
  const hex = createHash("sha256").update(`${runId.toLowerCase()}/${name}`).digest("hex");
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
