import { parseArgs } from "node:util";
import { compare } from "./compare.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: ".mesh/data" },
    lake: { type: "string", default: ".mesh/lake/dev" },
  },
});

const results = await compare(values.data, values.lake);
const width = Math.max(...results.map((one) => one.product.length));
for (const { product, figures, differences } of results) {
  const equal = figures - differences.length;
  console.log(
    `${differences.length === 0 ? "equal  " : "differs"} ${product.padEnd(width)}  ${equal} of ${figures} figures`,
  );
  for (const { name, expected, actual } of differences.slice(0, 5)) {
    console.log(`        ${name}: expected ${expected ?? "nothing"}, built ${actual ?? "nothing"}`);
  }
  if (differences.length > 5) console.log(`        and ${differences.length - 5} more`);
}
const total = results.reduce((sum, one) => sum + one.figures, 0);
const wrong = results.reduce((sum, one) => sum + one.differences.length, 0);
console.log(wrong === 0 ? `All ${total} figures are equal.` : `${wrong} of ${total} figures differ.`);
process.exitCode = wrong === 0 ? 0 : 1;
