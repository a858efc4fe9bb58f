// Proof: documents of the three standards, and thousands with one thing wrong, against ajv on the standards' own schemas.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { walkConstructs } from "./standards/constructs.ts";
import { roundTrip } from "./standards/round-trip.ts";
import { collect } from "./standards/documents.ts";
import type { StandardDocument } from "./standards/documents.ts";
import { mutations } from "./standards/mutations.ts";
import { SCHEMAS, schemaFor } from "./standards/schemas.ts";
import { compare } from "./standards/verdicts.ts";
import type { Agreement } from "./standards/verdicts.ts";

const SOURCES = {
  odcs: "bitol-io/open-data-contract-standard",
  odps: "bitol-io/open-data-product-standard",
  dcs: "datacontract/datacontract-specification",
  "datacontract-cli": "datacontract/datacontract-cli",
} as const;

const { values } = parseArgs({
  options: {
    odcs: { type: "string" },
    odps: { type: "string" },
    dcs: { type: "string" },
    "datacontract-cli": { type: "string" },
    each: { type: "string", default: "2" },
    verbose: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(`Reads every document of the open standards, changes one thing at every place of each, and compares verdict and place with ajv.

node tools/dist/proofs/standards.js [--odcs DIR] [--odps DIR] [--dcs DIR] [--datacontract-cli DIR] [--each 2]

The folders are checkouts of ${Object.values(SOURCES).join(", ")}.
Without them the documents in this repository are taken. --each N tries every change at every place in N documents.`);
  process.exit(0);
}

const here = fileURLToPath(new URL("../../../packages/contract/src/testdata/standards/", import.meta.url));
const documents: StandardDocument[] = [...collect("here", here).documents];
console.log(`here: ${documents.length} documents`);
for (const [name, repository] of Object.entries(SOURCES)) {
  const folder = values[name as keyof typeof SOURCES];
  if (folder === undefined || !existsSync(folder)) {
    console.log(`skipped: needs --${name} DIR, a checkout of ${repository}`);
    continue;
  }
  const found = collect(name, folder);
  const known = new Set(documents.map(({ text }) => text));
  const fresh = found.documents.filter(({ text }) => !known.has(text));
  documents.push(...fresh);
  console.log(`${name}: ${found.documents.length} documents, ${fresh.length} that are not here`);
  for (const [why, count] of found.passed) console.log(`  ${count} files left alone: ${why}`);
}

let wrong = 0;
for (const schema of SCHEMAS) {
  const own = documents.filter((document) => document.schema === schema);
  const verdicts = own.map((document) => ({
    ...document,
    is: compare(document.file, document.text, document.value, schema),
  }));
  report(
    `${schema}: documents`,
    verdicts.map(({ source, file, is }) => [`${source}/${file}`, is]),
  );
  const walked = walkConstructs(schema);
  if (walked !== undefined) {
    const { understood, kept, unreached } = walked;
    tell(
      `${schema}: ${understood.length + kept.length} properties of the schema, in the model ${understood.length}, kept as written ${kept.length}, no document found ${unreached.length}`,
      walked.wrong,
    );
    if (values.verbose) for (const path of kept) console.log(`  kept: ${path}`);
    for (const path of unreached) console.log(`  no document: ${path}`);
  }
  const valid = verdicts.filter(({ is }) => is.kind === "later" || (is.kind === "equal" && !is.refused));
  tell(
    `${schema}: ${valid.length} valid documents written in every dialect and read again`,
    valid.flatMap(({ source, file, text, value }) =>
      roundTrip(file, text, value).map((what) => [`${source}/${file}`, what] as const),
    ),
  );
  const seen = new Map<string, number>();
  const cases: [string, Agreement][] = [];
  for (const { source, file, value } of valid) {
    for (const { kind, where, value: changed } of mutations(value)) {
      const id = `${kind} at ${where}`;
      const count = seen.get(id) ?? 0;
      if (count >= Number(values.each)) continue;
      seen.set(id, count + 1);
      cases.push([
        `${source}/${file}: ${id}`,
        compare("changed.yaml", JSON.stringify(changed), changed, schemaFor(changed) ?? schema),
      ]);
    }
  }
  report(`${schema}: with one thing changed`, cases);
}
process.exit(wrong > 0 ? 1 : 0);

function report(title: string, cases: readonly (readonly [string, Agreement])[]): void {
  const count = (of: (is: Agreement) => boolean): number => cases.filter(([, is]) => of(is)).length;
  const accepted = count((is) => is.kind === "equal" && !is.refused);
  const refused = count((is) => is.kind === "equal" && is.refused);
  const later = count((is) => is.kind === "later");
  const different = cases.filter(([, is]) => is.kind === "verdict" || is.kind === "place");
  wrong += different.length;
  console.log(
    `${title}: ${cases.length}; both accept ${accepted}, both refuse at the same places ${refused}, a warning because the next version allows it ${later}, explained ${count((is) => is.kind === "explained")}, different ${different.length}`,
  );
  for (const [why, n] of counted(cases.flatMap(([, is]) => (is.kind === "explained" ? [is.why] : []))))
    console.log(`  explained ${n}: ${why}`);
  for (const [name, is] of different.slice(0, values.verbose ? 1000 : 10)) {
    if (is.kind !== "verdict" && is.kind !== "place") continue;
    console.log(
      `  ${is.kind}: ${name}\n    ours: ${is.ours.slice(0, 6).join(", ") || "nothing"}\n    ajv:  ${is.theirs.slice(0, 8).join(", ") || "nothing"}`,
    );
  }
}

function tell(title: string, problems: readonly (readonly [string, string])[]): void {
  wrong += problems.length;
  console.log(`${title}; wrong ${problems.length}`);
  for (const [name, what] of problems.slice(0, values.verbose ? 1000 : 10)) console.log(`  ${name}: ${what}`);
}

function counted(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
