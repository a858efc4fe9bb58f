// Takes the domain's lock a number of times and adds one to a file each time, reading and writing it in two steps.
// Arguments: lake root, the package's entry, the file, how often, whether to die while holding it.
import { readFileSync, writeFileSync } from "node:fs";
const [root, entry, file, times, die] = process.argv.slice(2);
const { openLake } = await import(entry);
const lake = openLake(root);
for (let i = 0; i < Number(times); i++) {
  const lock = await lake.lockDomain("orders");
  const before = Number(readFileSync(file, "utf8"));
  await new Promise((done) => setTimeout(done, 2));
  writeFileSync(file, String(before + 1));
  if (die === "die" && i === Number(times) - 1) process.kill(process.pid, "SIGKILL");
  await lock.release();
}
