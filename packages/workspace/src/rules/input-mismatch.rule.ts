import { majorOf } from "@meshwork/contract";
import type { ContractColumn } from "@meshwork/contract";
import type { Diagnostic, Path } from "@meshwork/diagnostics";
import { nearest } from "@meshwork/diagnostics";
import { describeType } from "@meshwork/sql";
import { fits } from "../fits.ts";
import { meshWideArea } from "./area.ts";
import type { MeshRule } from "./mesh-rule.ts";
import type { UpstreamRead } from "./upstream-reads.ts";
import { upstreamReads } from "./upstream-reads.ts";

/** What an input expects has to be promised by the contract of the product it names. */
export const inputMismatch: MeshRule = {
  codes: ["contract/input-mismatch"],
  check(workspace, graph) {
    return upstreamReads(workspace, graph).flatMap((read) => {
      const { producer, port, input, major } = read;
      // Another major's promises are not in this contract; unknown-upstream speaks of that.
      if (!input || !port || (major !== undefined && major !== majorOf(producer.contract.version))) return [];
      const out: Diagnostic[] = [];
      const promised = new Map(port.columns.map((c) => [c.name.toLowerCase(), c]));
      for (const expected of input.columns) {
        const column = promised.get(expected.name.toLowerCase());
        if (!column) {
          const near = nearest(
            expected.name,
            port.columns.map((c) => c.name),
          );
          const problem = `"${producer.name}" promises no column "${expected.name}"`;
          out.push(finding(read, [...expected.at, "name"], problem, near));
          continue;
        }
        const to = [...column.at, "name"];
        if (!fits(column, expected)) {
          const [is, wanted] = [describeType(column.type), describeType(expected.type)];
          const problem = `"${producer.name}" promises "${column.name}" as ${is}, and ${wanted} is expected`;
          out.push(finding(read, [...expected.at, "type"], problem, [], to));
        } else if (!mayBeNull(expected) && mayBeNull(column)) {
          const problem = `"${column.name}" of "${producer.name}" may be null, and is expected not to be`;
          out.push(finding(read, [...expected.at, "constraints"], problem, [], to));
        }
      }
      const [wanted, level] = [input.freshness, port.sla.freshness];
      if (wanted && (!level || level.seconds > wanted.seconds)) {
        const has = level ? `a freshness of ${level.text}` : "no freshness";
        const problem = `"${producer.name}" promises ${has}, and ${wanted.text} is expected`;
        out.push(finding(read, [...input.at, "freshness"], problem));
      }
      return out;
    });
  },
};

const mayBeNull = (column: ContractColumn): boolean => column.nullable && column.constraints.primaryKey !== true;

function finding(
  { consumer, producer, input }: UpstreamRead,
  path: Path,
  problem: string,
  candidates: readonly string[] = [],
  promisedAt?: Path,
): Diagnostic {
  const there = promisedAt && producer.read.source.spanOf(promisedAt);
  return meshWideArea.create(
    "input-mismatch",
    { input: input?.name ?? producer.name, problem, candidates, upstream: producer.name },
    {
      product: consumer.name,
      path,
      span: () => consumer.read.source.spanOf(path),
      ...(there ? { related: [{ message: "promised here", span: there }] } : {}),
    },
  );
}
