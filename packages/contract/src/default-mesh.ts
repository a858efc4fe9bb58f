import type { Mesh } from "./model.ts";

/** What holds where a `mesh.yaml` says nothing, and in a workspace without one: an embedded lake and no policies. */
export function emptyMesh(name = "mesh"): Mesh {
  return {
    kind: "Mesh",
    name,
    npmScope: `@${name}`,
    domains: ["domains/*"],
    naming: { relation: "{port}_v{major}", schema: "{domain}" },
    defaultTarget: "dev",
    targets: [
      {
        name: "dev",
        engine: "duckdb",
        path: ".mesh/lake/dev",
        production: false,
        writeFrom: [],
        settings: {},
        at: ["spec", "targets", "dev"],
      },
    ],
    policies: [],
    rules: {},
    ignore: [],
    publish: [],
    compatibility: {
      mode: "keep-readers",
      transitive: false,
      strict: false,
      positional: false,
      levels: {},
      approvals: [],
    },
  };
}
