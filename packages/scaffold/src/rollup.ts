import { sqlName } from "./render.ts";
import type { Measure, TemplateInput } from "./upstream.ts";
import { categoryOf, measuresOf, refTo } from "./upstream.ts";

/** How an aggregate sums its first input up, and counts the others beside it. */
export interface Rollup {
  /** Grouped by day. */
  readonly dated: boolean;
  /** Not grouped at all: one row. */
  readonly whole: boolean;
  readonly sentence: string;
  readonly key: {
    readonly name: string;
    readonly expression: string;
    readonly field: Readonly<Record<string, unknown>>;
  };
  readonly measures: readonly Measure[];
  readonly from: string;
  readonly filter?: string | undefined;
  readonly others: readonly OtherCount[];
}

export interface OtherCount {
  readonly name: string;
  readonly cte: string;
  readonly from: string;
  /** Counted per day and joined by it; else one figure for all rows. */
  readonly joined: boolean;
  readonly expression: string;
  readonly field: Readonly<Record<string, unknown>>;
}

const dayField = {
  name: "day",
  type: "date",
  description: "Day of the rows.",
  constraints: { primary_key: true, null: false },
};

const dayOf = (input: TemplateInput): string => {
  const grain = input.grain!;
  const kind = input.columns.find((c) => c.name === grain.column)?.type.kind;
  return kind === "date" ? sqlName(grain.column) : `cast(${sqlName(grain.column)} as date)`;
};

export function rollupOf(inputs: readonly TemplateInput[], port: string): Rollup {
  const [base, ...rest] = inputs;
  if (base === undefined)
    return {
      dated: true,
      whole: false,
      sentence: "One row per day.",
      key: { name: "day", expression: "cast(occurred_at as date)", field: dayField },
      measures: [
        {
          column: "amount",
          name: "total_amount",
          sqlType: "decimal(38, 2)",
          field: { name: "total_amount", type: "decimal", precision: 38, scale: 2, description: "Sum of amount." },
        },
      ],
      from: refTo(undefined, `stg_${port}`),
      others: [],
    };
  const from = base.ref;
  const measures = measuresOf(base.columns);
  const others = rest.map((input) => otherCount(input, base.grain !== undefined));
  if (base.grain) {
    const filter = base.grain.nullable ? `${sqlName(base.grain.column)} is not null` : undefined;
    const key = { name: "day", expression: dayOf(base), field: dayField };
    return {
      dated: true,
      whole: false,
      sentence: `One row per day of ${base.name}.`,
      key,
      measures,
      from,
      filter,
      others,
    };
  }
  const category = categoryOf(base.columns);
  if (category) {
    const constraints = { ...(category.field["constraints"] as object | undefined), primary_key: true, null: false };
    return {
      dated: false,
      whole: false,
      sentence: `One row per ${category.name.replaceAll("_", " ")} of ${base.name}.`.replace(/[\r\n]/g, " "),
      key: { name: category.name, expression: sqlName(category.name), field: { ...category.field, constraints } },
      measures: measures.filter((m) => m.name !== category.name),
      from,
      filter: category.nullable ? `${sqlName(category.name)} is not null` : undefined,
      others,
    };
  }
  const field = {
    name: "scope",
    type: "string",
    description: "What the figures are about.",
    constraints: { primary_key: true, null: false, enum: ["all"] },
  };
  const key = { name: "scope", expression: "'all'", field };
  return { dated: false, whole: true, sentence: `One row of figures over ${base.name}.`, key, measures, from, others };
}

function otherCount(input: TemplateInput, dated: boolean): OtherCount {
  const joined = dated && input.grain !== undefined;
  const name = `${input.name}_count`;
  return {
    name,
    cte: `${input.name}_rows`,
    from: input.ref,
    joined,
    expression: joined ? dayOf(input) : "",
    field: {
      name,
      type: "long",
      description: `Rows of ${input.name}${joined ? " on that day" : ""}.`,
      constraints: { null: false, min: 0 },
    },
  };
}
