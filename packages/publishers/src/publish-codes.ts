import { defineArea } from "@meshwork/diagnostics";

/** Why something was not published. */
export const publishArea = defineArea(
  "publish",
  { directory: new URL("./rules/", import.meta.url), suffix: ".rule.md" },
  {
    unreachable: {
      severity: "error",
      message: (p: { target: string; url: string; reason: string }) =>
        `"${p.target}" was not reached at ${p.url}: ${p.reason}.`,
      help: "check the address and that the receiver runs, then publish again; what was sent already is skipped",
    },
    refused: {
      severity: "error",
      message: (p: { target: string; product: string; reason: string }) =>
        `"${p.target}" refused ${p.product}: ${p.reason}`,
    },
    "unknown-target": {
      severity: "error",
      message: (p: { what: string; suggestion: string }) => `${p.what}${p.suggestion}`,
      help: "targets are the entries under publish: in mesh.yaml; their kinds are meshwork and openlineage",
    },
    "missing-secret": {
      severity: "error",
      message: (p: { target: string; setting: string; where: string }) =>
        `"${p.target}" takes its ${p.setting} from ${p.where}, which holds nothing.`,
      help: "set it where the command runs; secrets are never written into mesh.yaml",
    },
    conflict: {
      severity: "error",
      message: (p: { target: string; product: string; reason: string }) =>
        `"${p.target}" keeps what it has of ${p.product}: ${p.reason}`,
      help: "raise the contract's version (mesh compat says how far) and publish again",
    },
  },
);
