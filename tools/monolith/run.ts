import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { explain } from "./explain.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: ".mesh/data" },
    lake: { type: "string", default: ".mesh/lake/dev" },
  },
});

if (!existsSync(join(values.data, "raw_web/hits")))
  fail(`No raw data in ${values.data}: run node tools/dist/data/main.js first.`);
if (!existsSync(join(values.lake, "growth"))) fail(`Nothing is built in ${values.lake}: run mesh build first.`);

// The script is no TypeScript and stays where it is: tools/monolith, seen from tools/dist/monolith.
const tools = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { figures, silent } = await explain(join(tools, "monolith/build_everything.sql"), values.data, values.lake);
const width = 46;
console.log(`${"figure, and why it changes".padEnd(width)}${"monolith".padStart(12)}${"mesh".padStart(12)}`);
for (const { figure, monolith, mesh, reasons, unexplained } of figures) {
  console.log(`${figure.padEnd(width)}${monolith.padStart(12)}${mesh.padStart(12)}`);
  for (const { reason, change } of reasons) {
    console.log(`  ${reason.padEnd(width - 2)}${(change.startsWith("-") ? change : `+${change}`).padStart(12)}`);
  }
  if (unexplained !== undefined && Number(unexplained) !== 0) {
    console.log(`  ${"not explained".padEnd(width - 2)}${unexplained.padStart(12)}`);
    process.exitCode = 1;
  }
}
console.log("\nwhat no total shows");
for (const { finding, count } of silent) console.log(`  ${finding.padEnd(width + 10)}${count.padStart(12)}`);

function fail(message: string): never {
  console.error(message);
  process.exit(3);
}
