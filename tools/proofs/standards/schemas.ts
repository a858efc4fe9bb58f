import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import type { ErrorObject, ValidateFunction } from "ajv";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonMap = { [key: string]: Json };
export const isMap = (value: unknown): value is JsonMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The schemas that ship with `@meshwork/contract`, by their file. */
export const SCHEMAS = ["odcs/odcs-3.0", "odcs/odcs-3.1", "odcs/odcs-3.2", "odps/odps-1.0", "dcs/dcs-1.2"] as const;
export type SchemaName = (typeof SCHEMAS)[number];

export function schemaOf(name: SchemaName): JsonMap {
  const file = new URL(import.meta.resolve(`@meshwork/contract/schema/${name}.schema.json`));
  return JSON.parse(readFileSync(file, "utf8")) as JsonMap;
}

const validators = new Map<SchemaName, ValidateFunction>();

function validatorOf(name: SchemaName): ValidateFunction {
  let validator = validators.get(name);
  if (validator === undefined) {
    const options = { strict: false, validateFormats: false, logger: false, allErrors: true, verbose: false } as const;
    const ajv = name.startsWith("dcs") ? new Ajv(options) : new Ajv2019(options);
    validators.set(name, (validator = ajv.compile(schemaOf(name))));
  }
  return validator;
}

/** What ajv has against a document; nothing where it is valid. */
export function errorsOf(document: unknown, name: SchemaName): readonly ErrorObject[] {
  const validator = validatorOf(name);
  return validator(document) ? [] : [...(validator.errors ?? [])];
}

/** The schema that holds for a document, by what it says about itself. */
export function schemaFor(document: unknown): SchemaName | undefined {
  if (!isMap(document)) return undefined;
  if (document["dataContractSpecification"] !== undefined) return "dcs/dcs-1.2";
  const version = String(document["apiVersion"] ?? "");
  if (/^v?[01]\.\d/.test(version)) return "odps/odps-1.0";
  if (document["kind"] !== "DataContract" && !/^v?3\.\d/.test(version)) return undefined;
  if (/^v?3\.0(?:\.|$)/.test(version)) return "odcs/odcs-3.0";
  if (/^v?3\.1(?:\.|$)/.test(version)) return "odcs/odcs-3.1";
  return /^v?3\b/.test(version) || version === "" ? "odcs/odcs-3.2" : undefined;
}

/** A file that says v3.0 or v3.1 and uses what the next version brought gets a warning: the standard's examples do. */
export const LATER: Readonly<Partial<Record<SchemaName, SchemaName>>> = {
  "odcs/odcs-3.0": "odcs/odcs-3.1",
  "odcs/odcs-3.1": "odcs/odcs-3.2",
};

/** Where ajv's errors are: the value, or the key of it that is in question. */
export interface AjvPlaces {
  /** Every place that some error names. */
  readonly all: ReadonlySet<string>;
  /** Places that are wrong whichever branch of an `anyOf` or `oneOf` was meant. */
  readonly certain: readonly string[];
  /** Values of which no branch of an `anyOf` or `oneOf` holds, and maps with a key that no part of the schema knows. */
  readonly choices: readonly string[];
}

const CHOICE = new Set(["anyOf", "oneOf"]);

export function ajvPlaces(errors: readonly ErrorObject[]): AjvPlaces {
  const place = (error: ErrorObject): string => {
    const params = error.params as Record<string, unknown>;
    // The second of two equal entries is the one too many.
    if (error.keyword === "uniqueItems")
      return `${error.instancePath}/${Math.max(Number(params["i"]), Number(params["j"]))}`;
    const key = params["additionalProperty"] ?? params["unevaluatedProperty"] ?? params["propertyName"];
    return typeof key === "string" ? `${error.instancePath}/${escaped(key)}` : error.instancePath;
  };
  // Where one key is unknown, ajv also names known ones that it lost sight of: one of them has to be ours.
  const isChoice = ({ keyword }: ErrorObject): boolean => CHOICE.has(keyword) || keyword === "unevaluatedProperties";
  const below = (at: string, top: string): boolean => at === top || at.startsWith(`${top}/`);
  // A key counts as evaluated only where the part that knows it holds: what else is wrong there explains it.
  const explained = (error: ErrorObject): boolean =>
    error.keyword === "unevaluatedProperties" &&
    errors.some(
      (e) =>
        below(e.instancePath, place(error)) ||
        (e.keyword !== "unevaluatedProperties" && below(e.instancePath, error.instancePath)),
    );
  const choices = [...new Set(errors.filter((e) => isChoice(e) && !explained(e)).map((e) => e.instancePath))];
  const inChoice = (at: string): boolean => choices.some((choice) => below(at, choice));
  const certain = errors
    .filter((e) => e.keyword !== "if" && !isChoice(e))
    .map(place)
    .filter((at) => !inChoice(at));
  const outer = choices.filter((choice) => !choices.some((other) => other !== choice && below(choice, other)));
  return { all: new Set(errors.map(place)), certain: [...new Set(certain)], choices: outer };
}

const escaped = (step: string): string => step.replaceAll("~", "~0").replaceAll("/", "~1");
export const pointer = (path: readonly (string | number)[]): string =>
  path.map((step) => `/${escaped(String(step))}`).join("");
