import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { diff } from "@meshwork/workspace";
import { median } from "./measure.ts";

/** A contract of about as many lines as asked for: six a column. */
function contractText(lines: number, edited: boolean): string {
  const head = `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: wide, domain: bench, version: 1.0.0, description: Many columns. }
spec:
  owner: team@bench.example
  sla: { availability: "99%" }
  schema:
    fields:
`;
  const columns = Array.from({ length: Math.floor((lines - 8) / 6) }, (_, i) => {
    // Every hundredth column differs: in its type, its range, its text, or it is gone.
    const touched = edited && i % 100 === 7;
    if (touched && i % 400 === 7) return "";
    return `      - name: column_${i}
        type: ${touched && i % 400 === 107 ? "string" : "long"}
        description: What column ${i} says${touched ? ", said better" : ""}.
        constraints:
          null: ${i % 3 === 0}
          min: ${touched && i % 400 === 207 ? -1 : 0}
`;
  });
  return head + columns.join("");
}

/** `mesh diff` of two contracts in a warm process, against reading and parsing both with js-yaml. */
export async function diffBenchmark(sizes: readonly number[], runs: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "meshwork-bench-diff-"));
  try {
    console.log("\ndiff of two contracts in a warm process, medians in milliseconds");
    console.log("   lines   mesh diff   of it CPU   read and parse   x floor   changes");
    for (const lines of sizes) {
      const files = [join(folder, `before-${lines}.yaml`), join(folder, `after-${lines}.yaml`)] as const;
      writeFileSync(files[0], contractText(lines, false));
      writeFileSync(files[1], contractText(lines, true));
      const whole: number[] = [];
      const floor: number[] = [];
      const cpu: number[] = [];
      let changes = 0;
      // In turn, so that a machine that slows down slows both; the first rounds warm the process up and are not counted.
      for (let round = -5; round < Math.max(runs, 15); round++) {
        const [started, used] = [performance.now(), process.cpuUsage()];
        const done = await diff({ cwd: folder, before: files[0], after: files[1], now: new Date(0) });
        const [between, busy] = [performance.now(), process.cpuUsage(used)];
        for (const file of files) load(readFileSync(file, "utf8"));
        const ended = performance.now();
        changes = done.results!.changes.length;
        if (round >= 0) {
          whole.push(between - started);
          cpu.push((busy.user + busy.system) / 1000);
          floor.push(ended - between);
        }
      }
      const cells = [
        String(lines).padStart(8),
        median(whole).toFixed(1).padStart(10),
        median(cpu).toFixed(1).padStart(10),
        median(floor).toFixed(1).padStart(15),
      ];
      console.log(
        `${cells.join("  ")}${(median(whole) / median(floor)).toFixed(2).padStart(10)}${String(changes).padStart(10)}`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
