import type { CodeDefinition } from "@meshwork/diagnostics";

type Code<P> = CodeDefinition<P>;

/** What can be wrong with a file of the `datamesh.io/v1` family before any rule looks at it. */
export const readingCodes = {
  "not-text": {
    severity: "error",
    message: (p: { what: string }) => `The file is no plain text. ${p.what}.`,
    help: "save it as UTF-8",
  } satisfies Code<{ what: string }>,
  "too-large": {
    severity: "error",
    message: (p: { what: string }) => `The file is too large to be a contract. ${p.what}.`,
    help: "split it, or move generated parts out of it",
  } satisfies Code<{ what: string }>,
  "not-yaml": {
    severity: "error",
    message: (p: { reason: string }) => `This is not valid YAML: ${p.reason}.`,
    help: "nothing below this place was read; correct it and run the command again",
  } satisfies Code<{ reason: string }>,
  "alias-limit": {
    severity: "error",
    message: (p: { alias: string }) => `The alias *${p.alias} repeats so much that the file grows beyond what is read.`,
    help: "write out what is needed instead of aliases of aliases",
  } satisfies Code<{ alias: string }>,
  "duplicate-key": {
    severity: "error",
    message: (p: { key: string }) => `The key "${p.key}" stands here twice.`,
    help: "keep one of the two; the first one was read",
  } satisfies Code<{ key: string }>,
  empty: {
    severity: "error",
    message: (p: { file: string }) => `"${p.file}" holds nothing but white space or comments.`,
    help: "start from a scaffolded one: nx g data-product <domain>/<product>",
  } satisfies Code<{ file: string }>,
  "not-a-mapping": {
    severity: "error",
    message: (p: { found: string }) => `The file holds ${p.found}, not a document of keys and values.`,
    help: "it starts with apiVersion: datamesh.io/v1",
  } satisfies Code<{ found: string }>,
  "several-documents": {
    severity: "error",
    message: (p: { count: number; kind: string }) =>
      `The file holds ${p.count} documents; only one ${p.kind} is read from a file.`,
    help: "move each document to a file of its own",
  } satisfies Code<{ count: number; kind: string }>,
  "unknown-dialect": {
    severity: "error",
    message: (p: { what: string; suggestion: string }) => `${p.what}${p.suggestion}`,
    help: "known are datamesh.io/v1 (DataProduct, Domain, Mesh), platform/v1 (DataProductInfrastructure), the Open Data Contract Standard (v3.0 to v3.2), the Open Data Product Standard (v1.0.0) and the Data Contract Specification",
  } satisfies Code<{ what: string; suggestion: string }>,
  "wrong-kind": {
    severity: "error",
    message: (p: { found: string; wanted: string }) => `This is a ${p.found}; a ${p.wanted} is expected here.`,
    help: "check the file's name and its kind",
  } satisfies Code<{ found: string; wanted: string }>,
  "unknown-key": {
    severity: "error",
    message: (p: { key: string; where: string; suggestion: string }) =>
      `${p.where} has no key "${p.key}".${p.suggestion}`,
    help: "remove it; keys of your own start with x-",
  } satisfies Code<{ key: string; where: string; suggestion: string }>,
  "missing-key": {
    severity: "error",
    message: (p: { key: string; where: string }) => `${p.where} lacks "${p.key}".`,
    help: (p: { key: string }) => `add ${p.key}:`,
  } satisfies Code<{ key: string; where: string }>,
  "wrong-type": {
    severity: "error",
    message: (p: { what: string; wanted: string; found: string }) =>
      `"${p.what}" takes ${p.wanted}, and here stands ${p.found}.`,
  } satisfies Code<{ what: string; wanted: string; found: string }>,
  "unknown-value": {
    severity: "error",
    message: (p: { what: string; value: string; suggestion: string }) =>
      `"${p.value}" is no value of "${p.what}".${p.suggestion}`,
  } satisfies Code<{ what: string; value: string; suggestion: string }>,
  "out-of-range": {
    severity: "error",
    message: (p: { what: string; value: string; range: string }) =>
      `"${p.what}" is ${p.value}; it has to be ${p.range}.`,
  } satisfies Code<{ what: string; value: string; range: string }>,
  "bad-duration": {
    severity: "error",
    message: (p: { what: string; value: string }) => `"${p.value}" is no length of time for "${p.what}".`,
    help: "write a number and a unit: 15m, 90 days, 1h30m or PT15M",
  } satisfies Code<{ what: string; value: string }>,
  "bad-share": {
    severity: "error",
    message: (p: { what: string; value: string }) => `"${p.value}" is no share for "${p.what}".`,
    help: "write a percentage up to 100% or a number from 0 to 1: 99.9% or 0.999",
  } satisfies Code<{ what: string; value: string }>,
  "bad-version": {
    severity: "error",
    message: (p: { what: string; value: string }) => `"${p.value}" is no semantic version for "${p.what}".`,
    help: "write three numbers: 2.1.0",
  } satisfies Code<{ what: string; value: string }>,
  "bad-date": {
    severity: "error",
    message: (p: { what: string; value: string }) => `"${p.value}" is no date for "${p.what}".`,
    help: "write year, month and day: 2027-03-31",
  } satisfies Code<{ what: string; value: string }>,
  "bad-name": {
    severity: "error",
    message: (p: { what: string; value: string }) => `"${p.value}" cannot name ${p.what}.`,
    help: "use letters, digits, - and _, beginning with a letter, at most 100",
  } satisfies Code<{ what: string; value: string }>,
  "bad-reference": {
    severity: "error",
    message: (p: { value: string }) => `"${p.value}" does not name a data product, or a column of one.`,
    help: "write <domain>.<product>, with .<port> and @<major> where needed: content.page-catalog@1",
  } satisfies Code<{ value: string }>,
  "unknown-type": {
    severity: "error",
    message: (p: { value: string; suggestion: string }) => `"${p.value}" is no type.${p.suggestion}`,
    help: "common types: string, integer, long, decimal(10,2), double, boolean, date, timestamp, array, struct, map",
  } satisfies Code<{ value: string; suggestion: string }>,
  "bad-type": {
    severity: "error",
    message: (p: { value: string; reason: string }) => `The type "${p.value}" is incomplete or wrong: ${p.reason}.`,
  } satisfies Code<{ value: string; reason: string }>,
  "name-mismatch": {
    severity: "warning",
    message: (p: { what: string; written: string; folder: string }) =>
      `The ${p.what} is written as "${p.written}" and its folder is "${p.folder}"; the folder counts.`,
    help: "make the two the same",
  } satisfies Code<{ what: string; written: string; folder: string }>,
  "not-standard": {
    severity: "error",
    message: (p: { reason: string }) => `The standard that this file follows does not allow this: ${p.reason}.`,
    help: "the standard's JSON Schema is what counts; see its documentation for the forms it allows",
  } satisfies Code<{ reason: string }>,
  "foreign-check": {
    severity: "info",
    message: (p: { what: string }) => `Meshwork does not run this check: ${p.what}.`,
    help: "it is kept as written; to have it run, say it with a metric of the standard or as a query of type sql",
  } satisfies Code<{ what: string }>,
} as const;

export type ReadingCode = keyof typeof readingCodes;
export type ReadingParams<C extends ReadingCode> = Parameters<(typeof readingCodes)[C]["message"]>[0];
