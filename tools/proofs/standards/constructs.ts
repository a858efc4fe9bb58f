import { isDeepStrictEqual } from "node:util";
import { readContract } from "@meshwork/contract";
import { roundTrip } from "./round-trip.ts";
import { SchemaWalk } from "./schema-walk.ts";
import type { Json, JsonMap, SchemaName } from "./schemas.ts";

const BASES: Readonly<Partial<Record<SchemaName, JsonMap>>> = {
  "odcs/odcs-3.0": { apiVersion: "v3.0.2", kind: "DataContract", id: "sample", version: "1.0.0", status: "active" },
  "odcs/odcs-3.1": { apiVersion: "v3.1.0", kind: "DataContract", id: "sample", version: "1.0.0", status: "active" },
  "odcs/odcs-3.2": { apiVersion: "v3.2.0", kind: "DataContract", id: "sample", version: "1.0.0", status: "active" },
  "odps/odps-1.0": { apiVersion: "v1.0.0", kind: "DataProduct", id: "sample", status: "active" },
};

export interface Walked {
  /** By property path: what goes wrong. */
  readonly wrong: readonly (readonly [path: string, what: string])[];
  /** Property paths that change what the model says; the others are kept as they are written. */
  readonly understood: readonly string[];
  readonly kept: readonly string[];
  readonly unreached: readonly string[];
}

/** Reads, writes and reads again a document for every property of a standard's schema. */
export function walkConstructs(schema: SchemaName): Walked | undefined {
  const base = BASES[schema];
  if (base === undefined) return undefined;
  const walk = new SchemaWalk(schema, base).run();
  const wrong: [string, string][] = [];
  const understood: string[] = [];
  const kept: string[] = [];
  for (const { path, document, without } of walk.constructs) {
    const text = JSON.stringify(document);
    const errors = readContract({ file: "a.yaml", text }).diagnostics.filter(({ severity }) => severity === "error");
    if (errors.length > 0) wrong.push([path, `refused: ${errors[0]!.message}`]);
    for (const what of roundTrip("a.yaml", text, document)) wrong.push([path, what]);
    const told = without === undefined || !isDeepStrictEqual(modelOf(document), modelOf(without));
    (told ? understood : kept).push(path);
  }
  return { wrong, understood, kept, unreached: walk.unreached };
}

/** What the model says, without what is only kept for writing. */
function modelOf(document: Json): unknown {
  const bare = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(bare);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).filter(
      ([key, each]) => key !== "extensions" && key !== "at" && each !== undefined,
    );
    return Object.fromEntries(entries.map(([key, each]) => [key, bare(each)]));
  };
  return bare(readContract({ file: "a.yaml", text: JSON.stringify(document) }).value);
}
