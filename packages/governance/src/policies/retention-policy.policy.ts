import { compliant, definePolicy, nameOf, violated } from "../define-policy.ts";

const day = 86_400;

export const retentionPolicy = definePolicy({
  name: "retention-policy",
  aliases: ["retention", "data-retention"],
  summary: "A product says how long rows are kept, and by which date they are counted.",
  options: { min_days: "rows are kept at least so long", max_days: "rows are kept no longer" },
  help: "add retention: { period: 730d, by: <a date column> }",
  evaluate({ product: { contract, infrastructure }, options }) {
    const name = nameOf(contract);
    const { retention } = contract;
    const period = retention?.period ?? infrastructure?.value.storage?.retention;
    const path = ["spec", "retention"];
    if (period === undefined)
      return violated({ problem: `"${name}" does not say how long its rows are kept.`, path, part: "key" });
    const [least, most] = [options.number("min_days"), options.number("max_days")];
    const place =
      retention === undefined
        ? { path: ["spec", "storage", "retention"], in: "infrastructure" as const }
        : { path: [...path, "period"] };
    if (least !== undefined && period.seconds < least * day) {
      return violated({
        problem: `Rows of "${name}" are kept ${period.text}; at least ${least} days are asked for.`,
        ...place,
      });
    }
    if (most !== undefined && period.seconds > most * day) {
      return violated({
        problem: `Rows of "${name}" are kept ${period.text}; at most ${most} days are allowed.`,
        ...place,
      });
    }
    // The platform deletes whole files by their age: no column is needed for that.
    if (retention === undefined) return compliant(`infrastructure.yaml: ${period.text}`);
    if (retention.by === undefined) {
      return violated({
        problem: `Nothing says by which column the age of a row of "${name}" is counted.`,
        path,
        part: "key",
      });
    }
    const columns = (contract.ports.find((port) => port.default) ?? contract.ports[0])?.columns ?? [];
    const column = columns.find((each) => each.name === retention.by);
    if (column === undefined || (column.type.kind !== "date" && column.type.kind !== "timestamp")) {
      const problem =
        column === undefined
          ? `The age of rows is counted by "${retention.by}", which "${name}" does not have.`
          : `The age of rows is counted by "${retention.by}", which is no date or timestamp.`;
      return violated({ problem, path: [...path, "by"] });
    }
    return compliant(`${period.text} by ${retention.by}`);
  },
});
