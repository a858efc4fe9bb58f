import type { Constraints, ContractColumn } from "@meshwork/contract";
import { classificationOf } from "../classification.ts";
import { compareBound, longestOf } from "../compare-bounds.ts";
import { keyOf } from "../primary-key.ts";
import type { Columns } from "../define-change.ts";
import { canonical, defineChange, shown } from "../define-change.ts";

const positions = (columns: Columns): unknown =>
  Object.fromEntries(
    columns.flatMap((c) => (c.constraints.primaryKey ? [[c.name, c.constraints.primaryKeyPosition ?? null]] : [])),
  );
const rangeOf = (c: Constraints): unknown => [
  c.min ?? null,
  c.exclusiveMin ?? null,
  c.max ?? null,
  c.exclusiveMax ?? null,
];
const declared = (column: ContractColumn): string =>
  `${column.type.kind === "string" || column.type.kind === "binary" ? (column.type.maxLength ?? "") : ""}/${column.constraints.maxLength ?? ""}`;

export const restated = defineChange({
  name: "restated",
  severity: "info",
  find: {
    columns: ({ before, after, place }) => {
      if (place.column !== undefined || canonical(keyOf(before!)) !== canonical(keyOf(after!))) return undefined;
      const [from, to] = [positions(before!), positions(after!)];
      return canonical(from) === canonical(to)
        ? undefined
        : {
            effect: "neutral",
            path: after![0]?.at ?? [],
            before: from,
            after: to,
            message: "the order of the primary key is written in another way",
          };
    },
    column: ({ before, after, contracts, place }) => {
      if (!before || !after) return undefined;
      const { constraints: a } = before;
      const { constraints: b } = after;
      const found: [boolean, string, unknown, unknown][] = [
        [
          canonical(rangeOf(a)) !== canonical(rangeOf(b)) &&
            compareBound(a, b, "lower") === "same" &&
            compareBound(a, b, "upper") === "same",
          "range",
          rangeOf(a),
          rangeOf(b),
        ],
        [
          longestOf(before) === longestOf(after) && declared(before) !== declared(after),
          "length",
          declared(before),
          declared(after),
        ],
        [
          before.masking !== after.masking && (before.masking ?? "none") === (after.masking ?? "none"),
          "masking",
          before.masking,
          after.masking,
        ],
        [
          before.classification !== after.classification &&
            classificationOf(before, contracts.before) === classificationOf(after, contracts.after),
          "classification",
          before.classification,
          after.classification,
        ],
      ];
      return found
        .filter(([differs]) => differs)
        .map(([, what, from, to]) => ({
          effect: "neutral" as const,
          before: from,
          after: to,
          message: `${what} of column ${shown(place.column)} is written in another way`,
        }));
    },
  },
});
