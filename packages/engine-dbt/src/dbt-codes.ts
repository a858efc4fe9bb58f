import { defineArea, didYouMean } from "@meshwork/diagnostics";

/** What is wrong with a dbt project that dbt itself runs, or with what dbt said of it. */
export const dbtArea = defineArea(
  "dbt",
  { directory: new URL("./rules/", import.meta.url), suffix: ".rule.md" },
  {
    "no-artifacts": {
      severity: "error",
      message: (p: { project: string; file: string }) =>
        `Nothing is known of the dbt project in ${p.project}: there is no ${p.file}.`,
      help: (p: { project: string }) => `dbt docs generate --project-dir ${p.project}`,
    },
    "bad-artifact": {
      severity: "error",
      message: (p: { file: string; problem: string }) => `${p.file} is not what dbt writes: ${p.problem}.`,
      help: "write it again with dbt docs generate",
    },
    "no-catalog": {
      severity: "warning",
      message: (p: { project: string }) =>
        `The columns of ${p.project} are known from YAML only: there is no catalog.json, which holds those of the warehouse.`,
      help: (p: { project: string }) => `dbt docs generate --project-dir ${p.project}`,
    },
    "stale-artifacts": {
      severity: "warning",
      message: (p: { count: number; first: string }) =>
        p.count === 1
          ? `${p.first} is another than the one that manifest.json was made from.`
          : `${p.count} files are others than those that manifest.json was made from, ${p.first} among them.`,
      help: "dbt parse writes the manifest again; what is said of these models is said of their former text",
    },
    "not-compiled": {
      severity: "warning",
      message: (p: { count: number; first: string }) =>
        p.count === 1
          ? `The artifacts do not hold the SQL that ${p.first} compiles to.`
          : `The artifacts do not hold the SQL that ${p.count} models compile to, ${p.first} among them.`,
      help: "dbt compile, or dbt docs generate, writes the SQL of every model; until then nothing is said of their columns' origins",
    },
    "unknown-models": {
      severity: "error",
      message: (p: { product: string; selector: string; candidates: readonly string[] }) =>
        `"${p.selector}" of ${p.product} names no model of the dbt project.${didYouMean(p.selector, p.candidates)}`,
      help: "name a folder (models/marts/finance), a model, or group:NAME",
    },
    "private-read": {
      severity: "warning",
      message: (p: { model: string; upstream: string; owner: string }) =>
        `${p.model} reads ${p.upstream}, which ${p.owner} does not offer as a port.`,
      help: (p: { owner: string; upstream: string }) => `read a port of ${p.owner}, or make ${p.upstream} one`,
    },
    "model-failed": {
      severity: "error",
      message: (p: { kind: string; name: string; reason: string }) =>
        `dbt could not build ${p.kind} ${p.name}: ${p.reason}`,
    },
    "test-failed": {
      severity: "error",
      message: (p: { test: string; failures: number | undefined; about: string }) =>
        p.failures === undefined
          ? `${p.test} failed on ${p.about}.`
          : `${p.test} failed on ${p.about}: ${p.failures} ${p.failures === 1 ? "row" : "rows"}.`,
    },
    "run-stopped": {
      severity: "error",
      message: (p: { command: string; reason: string }) => `${p.command} ended before anything ran: ${p.reason}`,
    },
  },
);
