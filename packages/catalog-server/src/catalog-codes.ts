import { defineArea } from "@meshwork/diagnostics";

/** Why a catalog cannot start or be opened. */
export const catalogArea = defineArea(
  "catalog",
  { directory: new URL("./rules/", import.meta.url), suffix: ".rule.md" },
  {
    "in-use": {
      severity: "error",
      message: (p: { dir: string; holder: string }) => `The catalog in ${p.dir} is in use by ${p.holder}.`,
      help: "use the catalog that runs, stop it first, or give another --dir",
    },
    "port-taken": {
      severity: "error",
      message: (p: { host: string; port: number }) => `Port ${p.port} on ${p.host} is taken by another program.`,
      help: "give another --port, or none to take the next free one",
    },
    "missing-key": {
      severity: "error",
      message: (p: { where: string }) => `A catalog ${p.where} needs a key, and MESH_CATALOG_KEY is not set.`,
      help: "set MESH_CATALOG_KEY to a secret of at least 16 characters",
    },
    "no-database": {
      severity: "error",
      message: (p: { where: string; reason: string }) =>
        `The catalog's database ${p.where} does not open: ${p.reason}.`,
      help: "check that it runs and that the address and account are right; everything in a catalog can be published again",
    },
  },
);
