// Stands in for dbt where a test is about what is read from its artifacts: leaves the results of STAND_IN_RESULTS (a
// list of entries of run_results.json), or logs STAND_IN_LOG as an error and ends before anything ran.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const [verb, , folder] = process.argv.slice(2);
if (process.env.STAND_IN_LOG !== undefined) {
  process.stdout.write(`${JSON.stringify({ data: {}, info: { level: "error", msg: process.env.STAND_IN_LOG } })}\n`);
  process.exit(2);
}
const at = "2027-06-01T10:00:00.000000Z";
const results = JSON.parse(process.env.STAND_IN_RESULTS ?? "[]").map((r) => ({
  execution_time: 0.1,
  timing: [{ name: "execute", completed_at: at }],
  ...r,
}));
const metadata = { generated_at: at, invocation_id: `run-${process.pid}` };
writeFileSync(
  join(folder, "target/run_results.json"),
  JSON.stringify({ metadata, args: { which: verb }, results, elapsed_time: 0.1 }),
);
process.exitCode = results.some((r) => ["error", "fail"].includes(r.status)) ? 1 : 0;
