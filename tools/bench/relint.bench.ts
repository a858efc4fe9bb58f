import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { openLint } from "@meshwork/workspace";
import { median } from "./measure.ts";
import { sampleMesh } from "./sample-mesh.ts";

/**
 * One edit in a process that lints again and again, as editors and watchers do. The floor reads the edited contract's
 * YAML in the same process and does nothing with it.
 */
export async function relintBenchmark(runs: number): Promise<void> {
  console.log("\none edit in a process that goes on  (medians, warm)");
  console.log("                                            lint ms   YAML only ms   x floor");
  for (const { title, size, fields, block } of [
    { title: "a contract of 40 columns, of 1", size: 1, fields: 40, block: false },
    { title: "a contract of 40 columns, of 100", size: 100, fields: 40, block: false },
    { title: "a contract of 40 columns, of 1,000", size: 1000, fields: 40, block: false },
    { title: "a contract of 5,000 lines, of 1", size: 1, fields: 1000, block: true },
  ]) {
    const sample = await sampleMesh(size, { fields, block });
    try {
      const session = await openLint({ root: sample.root, cache: false });
      const file = "domains/d0/p0/data-product-contract.yaml";
      const text = readFileSync(join(sample.root, file), "utf8");
      session.lint();
      const [lint, yaml]: [number[], number[]] = [[], []];
      // The first rounds let the engine compile what it runs.
      for (let round = -10; round < runs * 4; round++) {
        const edited = text.replace("description: A value", `description: A value, ${round}`);
        const times = [timed(() => session.lint({ texts: new Map([[file, edited]]) })), timed(() => load(edited))];
        if (round >= 0) [lint, yaml].forEach((list, i) => list.push(times[i]!));
      }
      const [a, b] = [median(lint), median(yaml)];
      const cells = [a.toFixed(1).padStart(8), b.toFixed(1).padStart(13), (a / b).toFixed(1).padStart(8)];
      console.log(`  ${title.padEnd(40)}  ${cells.join("  ")}`);
    } finally {
      sample.remove();
    }
  }
}

function timed(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}
