import { defineArea, didYouMean } from "@meshwork/diagnostics";

const list = (names: readonly string[]): string =>
  names.length === 0 ? "none yet" : names.length > 12 ? `${names.slice(0, 12).join(", ")} …` : names.join(", ");

/** What a generator refuses, in the user's words. */
export const scaffoldCodes = defineArea(
  "scaffold",
  { directory: new URL("./rules/", import.meta.url), suffix: ".rule.md" },
  {
    "name-invalid": {
      severity: "error",
      message: (p: { what: string; name: string; why: string }) => `"${p.name}" cannot name a ${p.what}: ${p.why}.`,
      help: "use lower-case words joined by hyphens, for example order-events",
    },
    "name-reserved": {
      severity: "error",
      message: (p: { what: string; name: string; why: string }) => `"${p.name}" cannot name a ${p.what}: ${p.why}.`,
      help: "choose another name, for example a plural or a longer one",
    },
    "name-taken": {
      severity: "error",
      message: (p: { name: string; place: string; owner: string | undefined }) =>
        `"${p.name}" is taken: ${p.place}${p.owner ? `, owned by ${p.owner}` : ""}.`,
      help: "choose another name, or work on the one that is there",
    },
    "name-elsewhere": {
      severity: "warning",
      message: (p: { product: string; others: readonly string[] }) =>
        `Another domain has a product of that name too: ${p.others.join(", ")}.`,
      help: "if it is the same data, read that product instead (--inputs)",
    },
    "answer-missing": {
      severity: "error",
      message: (p: { flag: string; known: readonly string[] }) =>
        `--${p.flag} is required here.${p.known.length ? ` Known: ${list(p.known)}.` : ""}`,
    },
    "unknown-domain": {
      severity: "error",
      message: (p: { domain: string; known: readonly string[] }) =>
        `No domain "${p.domain}".${didYouMean(p.domain, p.known) || ` Known: ${list(p.known)}.`}`,
      help: (p: { domain: string }) => `create it: nx g domain ${p.domain}`,
    },
    "unknown-preset": {
      severity: "error",
      message: (p: { preset: string; known: readonly string[] }) =>
        `No preset "${p.preset}".${didYouMean(p.preset, p.known) || ` Known: ${list(p.known)}.`}`,
      help: "--preset also takes a folder with a preset.yaml",
    },
    "preset-broken": {
      severity: "error",
      message: (p: { preset: string; why: string }) => `The preset ${p.preset} cannot be used: ${p.why}.`,
      help: "correct its preset.yaml or the template it names",
    },
    "unknown-upstream": {
      severity: "error",
      message: (p: { input: string; known: readonly string[] }) =>
        `No port "${p.input}".${didYouMean(p.input, p.known) || ` Known: ${list(p.known)}.`}`,
      help: "an input is <domain>.<product> or <domain>.<product>.<port>",
    },
    "upstream-unreadable": {
      severity: "error",
      message: (p: { input: string; file: string; why: string }) =>
        `The contract of "${p.input}" cannot be read: ${p.why}.`,
      help: (p: { file: string }) => `correct it first: mesh lint ${p.file}`,
    },
    "upstream-is-itself": {
      severity: "error",
      message: (p: { product: string }) => `"${p.product}" cannot read itself.`,
      help: "leave it out of --inputs",
    },
    "contract-unreadable": {
      severity: "error",
      message: (p: { product: string; file: string; why: string }) =>
        `The contract of "${p.product}" cannot be read: ${p.why}.`,
      help: (p: { file: string }) => `correct it first: mesh lint ${p.file}`,
    },
    "file-unreadable": {
      severity: "error",
      message: (p: { file: string; why: string }) => `${p.file} cannot be edited: ${p.why}.`,
      help: "correct the file; nothing was written",
    },
    "outside-workspace": {
      severity: "error",
      message: () => "There is no mesh.yaml here: this is no mesh.",
      help: "change into a mesh, or make one: npm create meshwork",
    },
    "version-not-next": {
      severity: "error",
      message: (p: { product: string; version: string; next: number; asked: number }) =>
        `"${p.product}" is at ${p.version}: the next major version is ${p.next}, not ${p.asked}.`,
      help: (p: { next: number }) => `write --major=${p.next}, or leave it out`,
    },
    "sunset-invalid": {
      severity: "error",
      message: (p: { sunset: string; why: string }) => `"${p.sunset}" is no end of a version: ${p.why}.`,
      help: "write the date from which the older version may be gone, for example --sunset=180d",
    },
    "still-read": {
      severity: "error",
      message: (p: { product: string; readers: readonly string[] }) =>
        `"${p.product}" is read by ${p.readers.join(", ")}.`,
      help: "move those products off it first; mesh impact shows the columns",
    },
    "edited-files": {
      severity: "error",
      message: (p: { product: string; files: readonly string[] }) =>
        `"${p.product}" has files that were written by hand: ${list(p.files)}.`,
      help: "add --force to delete them too",
    },
    "unknown-product": {
      severity: "error",
      message: (p: { product: string; known: readonly string[] }) =>
        `No product "${p.product}".${didYouMean(p.product, p.known) || ` Known: ${list(p.known)}.`}`,
    },
    "not-scaffolded": {
      severity: "error",
      message: (p: { product: string; file: string }) =>
        `"${p.product}" was not made by a generator: there is no ${p.file}.`,
      help: "delete its folder by hand, then run nx sync",
    },
    "changed-meanwhile": {
      severity: "error",
      message: (p: { file: string }) => `${p.file} changed while the plan was made; nothing was written.`,
      help: "run the command again",
    },
    "write-failed": {
      severity: "error",
      message: (p: { file: string; why: string }) =>
        `${p.file} could not be written: ${p.why}. Everything is as it was.`,
      help: "make room or correct the permissions, then run the command again",
    },
  },
);
