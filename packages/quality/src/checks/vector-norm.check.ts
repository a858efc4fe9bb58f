import { id, literal, sql } from "@meshwork/sql";
import { argument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { notNull } from "../fragments.ts";
import { normOf } from "../vectors.ts";
import { allowance, rowsOf } from "../wording.ts";

/** What float32 and float16 elements leave of a length of one. */
const TOLERANCE = 0.001;

/** Vectors have the length that is promised: 1 where they are normalised, more than 0 where their angle counts. */
export const vectorNormCheck = defineCheck({
  code: "vector-norm",
  assertions: ["vector_norm"],
  plan(call, scope) {
    if (call.column === undefined) return refused("it names no column");
    if (scope.typeOf(call.column).kind !== "array") return refused("its column holds no vectors");
    const [equals, above] = [argument(call, "equals"), argument(call, "above")];
    const tolerance = argument(call, "tolerance") ?? TOLERANCE;
    if (typeof tolerance !== "number" || !(tolerance >= 0)) return refused("its tolerance is no number from 0");
    const subject = id(call.column);
    const norm = normOf(subject);
    const common = { form: "rows", columns: [call.column], considered: notNull(subject), show: [] } as const;
    if (typeof equals === "number") {
      const failing = sql`NOT (abs(${norm} - ${literal(equals)}) <= ${literal(tolerance)})`;
      return { ...common, expected: `length ${equals} (within ${tolerance})`, failing };
    }
    if (typeof above !== "number") return refused("it names no length");
    return { ...common, expected: `a length above ${above}`, failing: sql`NOT (${norm} > ${literal(above)})` };
  },
  message: (f) => `${rowsOf(f)} have vectors in "${f.column}" that have not ${f.expected}; ${allowance(f)}.`,
  help: "normalise them where they are made, or correct normalized or metric in the contract",
});
