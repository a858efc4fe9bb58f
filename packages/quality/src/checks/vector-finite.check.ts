import { id } from "@meshwork/sql";
import { defineCheck, refused } from "../check-kind.ts";
import { notNull } from "../fragments.ts";
import { unfinished } from "../vectors.ts";
import { allowance, rowsOf } from "../wording.ts";

/** Every element of a vector is a number: one NaN makes each distance to it NaN, and searches silently skip it. */
export const vectorFiniteCheck = defineCheck({
  code: "vector-finite",
  assertions: ["vector_finite"],
  plan(call, scope) {
    if (call.column === undefined) return refused("it names no column");
    if (scope.typeOf(call.column).kind !== "array") return refused("its column holds no vectors");
    const subject = id(call.column);
    return {
      form: "rows",
      columns: [call.column],
      expected: "finite numbers only",
      considered: notNull(subject),
      failing: unfinished(subject),
      show: [],
    };
  },
  message: (f) =>
    `${rowsOf(f)} have vectors in "${f.column}" with elements that are missing, infinite or no number; ${allowance(f)}.`,
  help: "look at the rows that the model was given there: empty or broken inputs give such vectors",
});
