// A process that publishes one contract into an embedded catalog, as `mesh publish` does. Started by the tests.
import { openCatalog } from "../dist/index.js";

const [dir, contract, then] = process.argv.slice(2);
const opened = await openCatalog({ dir, waitMs: 60_000 });
if (!opened.ok) {
  console.log(JSON.stringify(opened.diagnostic));
  process.exit(1);
}
const answer = await opened.value.publish({ contract });
console.log(
  JSON.stringify({ via: opened.value.via, ok: answer.ok, outcome: answer.ok ? answer.value.outcome : answer.problem }),
);
if (then === "hang") setInterval(() => {}, 1_000);
else await opened.value.close();
