import { defineArea } from "@meshwork/diagnostics";

/** Why a file was not read as a contract, or not all of it. */
export const importArea = defineArea(
  "import",
  { directory: new URL("./rules/", import.meta.url), suffix: ".rule.md" },
  {
    unreadable: {
      severity: "error",
      message: (p: { format: string; reason: string }) => `This is no ${p.format}: ${p.reason}.`,
      help: "correct the file, or name another format with --from",
    },
    "nothing-found": {
      severity: "error",
      message: (p: { what: string }) => `There is no ${p.what} in it, so there is nothing to promise.`,
      help: "name a file that describes tables, or another format with --from",
    },
    "unknown-clause": {
      severity: "warning",
      message: (p: { clause: string; what: string }) => `${p.what} ${p.clause} is not understood and was skipped.`,
      help: "check whether it promises something that the contract should say",
    },
    "unknown-type": {
      severity: "warning",
      message: (p: { type: string; column: string; taken: string }) =>
        `The type ${p.type} of "${p.column}" has no counterpart: it is read as ${p.taken}.`,
      help: "correct the type in the contract, if readers see something else",
    },
    "unknown-reference": {
      severity: "error",
      message: (p: { reference: string; reason: string }) => `${p.reference} cannot be followed: ${p.reason}.`,
      help: "put what it names into this file",
    },
    "too-deep": {
      severity: "warning",
      message: (p: { what: string; limit: number }) =>
        `${p.what} is nested in itself or more than ${p.limit} levels deep: from there on it is JSON.`,
      help: "describe what lies deeper as a port of its own",
    },
    "duplicate-name": {
      severity: "warning",
      message: (p: { what: string; name: string; kept: string }) =>
        `There is another ${p.what} "${p.name}": ${p.kept}.`,
      help: "rename one of them, or import the files one by one",
    },
  },
);
