// Loaded into a measured process: writes what it used when it ends.
import { writeFileSync } from "node:fs";

const file = process.env["MESHWORK_BENCH_USAGE"];
if (file) {
  // A child of the measured process inherits the variable, and must not overwrite the file.
  delete process.env["MESHWORK_BENCH_USAGE"];
  process.on("exit", () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    writeFileSync(file, JSON.stringify({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMiB: maxRSS / 1024 }));
  });
}
