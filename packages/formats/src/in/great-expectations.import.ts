import type { Constraints, ContractCheck } from "@meshwork/contract";
import { assertions } from "@meshwork/contract";
import type { Path } from "@meshwork/diagnostics";
import type { NamedPart, PartShape } from "./columns.ts";
import { defined, float, int, timestamp, toColumn } from "./columns.ts";
import type { Imported, ImportSource, ReadContext } from "./define-import.ts";
import { defineImport } from "./define-import.ts";
import type { JsonDocument } from "./json/json-document.ts";
import { items, mapping, readJson, texts } from "./json/json-document.ts";

type Kwargs = Readonly<Record<string, unknown>>;

/**
 * A suite of Great Expectations, 0.18 and 1.x: what holds for every value of a column is the column's, all else is a
 * check. A suite says little of types: a column is text unless an expectation knows better.
 */
export const greatExpectations = defineImport({
  name: "great-expectations",
  summary: "a Great Expectations suite (JSON)",
  guess: (file, head) =>
    /\.gx\.json$/i.test(file)
      ? 1
      : /"(?:expectation_type|type)"\s*:\s*"(?:expect_|unexpected_rows)/.test(head)
        ? 0.95
        : 0,
  read: readSuite,
});

function readSuite(source: ImportSource, context: ReadContext): Imported {
  const read = readJson(source.file, source.text);
  if (!read.ok) {
    context.report("unreadable", { format: "suite of Great Expectations", reason: read.reason }, { span: read.span });
    return { ports: [] };
  }
  const { document } = read;
  const suite = mapping(document.value) ?? {};
  const stem = source.file.replace(/^.*\//, "").replace(/(?:\.gx)?\.json$/i, "");
  const parts = (texts(suite["name"]) ?? texts(suite["expectation_suite_name"]) ?? stem).split(".");
  const reader = new SuiteReader(document, context, parts.at(-1)!);
  for (const [i, each] of items(suite["expectations"]).entries()) {
    const expectation = mapping(each);
    if (expectation !== undefined) reader.expectation(expectation, ["expectations", i]);
  }
  const columns = reader.columns();
  if (columns.length === 0) {
    context.report("nothing-found", { what: "expectation about a column" }, { span: document.spanOf([]) });
    return { ports: [] };
  }
  const namespace = parts.at(-2);
  return {
    ports: [
      defined({
        name: parts.at(-1)!,
        namespace,
        description: texts(suite["notes"]),
        columns: columns.map(toColumn),
        checks: reader.checks,
      }),
    ],
  };
}

class SuiteReader {
  readonly #document: JsonDocument;
  readonly #context: ReadContext;
  readonly #port: string;
  readonly #columns = new Map<string, { part: NamedPart; typed: boolean; at: Path }>();
  readonly checks: ContractCheck[] = [];

  constructor(document: JsonDocument, context: ReadContext, port: string) {
    this.#document = document;
    this.#context = context;
    this.#port = port;
  }

  columns(): NamedPart[] {
    return [...this.#columns.values()].map(({ part, typed, at }) => {
      if (!typed)
        this.#context.lose({
          feature: "type",
          message: `A suite says nothing of the type of "${part.name}": it is read as ${part.shape.kind === "string" ? "text" : part.shape.kind}.`,
          port: this.#port,
          column: part.name,
          span: () => this.#document.spanOf(at),
        });
      return part;
    });
  }

  #column(name: string, at: Path): { part: NamedPart; typed: boolean; at: Path } {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    const made = { part: { name, shape: { kind: "string" } as PartShape, nullable: true }, typed: false, at };
    this.#columns.set(name, made);
    return made;
  }

  #change(name: string, at: Path, to: (part: NamedPart) => NamedPart): void {
    const column = this.#column(name, at);
    column.part = to(column.part);
  }

  expectation(expectation: Kwargs, at: Path): void {
    const type = texts(expectation["type"]) ?? texts(expectation["expectation_type"]) ?? "";
    const kwargs = mapping(expectation["kwargs"]) ?? {};
    const meta = mapping(expectation["meta"]) ?? {};
    const column = texts(kwargs["column"]);
    for (const name of [
      column,
      ...items(kwargs["column_list"]),
      kwargs["column_A"],
      kwargs["column_B"],
      ...items(kwargs["column_set"]),
    ])
      if (typeof name === "string") this.#column(name, [...at, "kwargs"]);
    const severity = expectation["severity"] === "warning" || expectation["severity"] === "info" ? "warning" : "error";
    // What a check of a contract was stays one; the rest is a column's own where it holds for every row.
    const whole =
      meta["check"] === undefined &&
      severity === "error" &&
      kwargs["row_condition"] === undefined &&
      (kwargs["mostly"] === undefined || kwargs["mostly"] === 1);
    if (column !== undefined && whole && this.#constraint(type, kwargs, meta, column, at)) return;
    this.#check(type, kwargs, meta, severity, at);
  }

  /** What holds for every value of a column, in the column's own words. */
  #constraint(type: string, kwargs: Kwargs, meta: Kwargs, name: string, at: Path): boolean {
    const add = (more: Constraints): true => {
      this.#change(name, at, (part) => ({ ...part, constraints: { ...part.constraints, ...more } }));
      return true;
    };
    const free = (...keys: readonly (keyof Constraints)[]): boolean =>
      keys.every((key) => this.#column(name, at).part.constraints?.[key] === undefined);
    switch (type) {
      case "expect_column_to_exist": {
        const description = texts(meta["description"]);
        this.#change(name, at, (part) => defined({ ...part, description: description ?? part.description }));
        return true;
      }
      case "expect_column_values_to_not_be_null":
        this.#change(name, at, (part) => ({ ...part, nullable: false }));
        return true;
      case "expect_column_values_to_be_unique":
        return add({ unique: true });
      case "expect_column_values_to_be_in_set": {
        const values = items(kwargs["value_set"]).filter((value): value is string | number | boolean =>
          ["string", "number", "boolean"].includes(typeof value),
        );
        if (values.length === 0 || values.length < items(kwargs["value_set"]).length || !free("enum")) return false;
        this.#guess(name, at, values);
        return add({ enum: values });
      }
      case "expect_column_values_to_be_between": {
        const [low, high] = [kwargs["min_value"], kwargs["max_value"]].map((value) =>
          typeof value === "number" || typeof value === "string" ? value : undefined,
        );
        if ((low === undefined && high === undefined) || !free("min", "max", "exclusiveMin", "exclusiveMax"))
          return false;
        this.#guess(
          name,
          at,
          [low, high].filter((value) => value !== undefined),
        );
        const [strictLow, strictHigh] = [kwargs["strict_min"] === true, kwargs["strict_max"] === true];
        return add(
          defined({
            min: strictLow ? undefined : low,
            exclusiveMin: strictLow ? low : undefined,
            max: strictHigh ? undefined : high,
            exclusiveMax: strictHigh ? high : undefined,
          }),
        );
      }
      case "expect_column_values_to_match_regex": {
        const pattern = texts(kwargs["regex"]);
        return pattern !== undefined && free("pattern") && add({ pattern });
      }
      case "expect_column_value_lengths_to_be_between":
      case "expect_column_value_lengths_to_equal": {
        const equal = kwargs["value"];
        const [low, high] = [equal ?? kwargs["min_value"], equal ?? kwargs["max_value"]].map((value) =>
          typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : undefined,
        );
        if (
          (low === undefined && high === undefined) ||
          kwargs["strict_min"] === true ||
          kwargs["strict_max"] === true ||
          !free("minLength", "maxLength")
        )
          return false;
        return add(defined({ minLength: low, maxLength: high }));
      }
      case "expect_column_values_to_be_of_type": {
        const shape = shapeOf(String(kwargs["type_"]));
        if (shape === undefined) return false;
        const column = this.#column(name, at);
        column.part = { ...column.part, shape };
        column.typed = true;
        return true;
      }
      default:
        return false;
    }
  }

  /** Bounds and values of numbers speak of numbers; of dates, of dates. */
  #guess(name: string, at: Path, values: readonly (string | number | boolean)[]): void {
    const column = this.#column(name, at);
    if (column.typed || column.part.shape.kind !== "string") return;
    let shape: PartShape | undefined;
    if (values.every((value) => typeof value === "number")) shape = float(64);
    else if (values.every((value) => typeof value === "boolean")) shape = { kind: "boolean" };
    else if (values.every((value) => typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value)))
      shape = { kind: "date" };
    else if (values.every((value) => typeof value === "string" && /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(value)))
      shape = timestamp(
        6,
        values.some((value) => /(?:Z|[+-]\d{2}:?\d{2})$/.test(String(value))),
      );
    if (shape !== undefined) column.part = { ...column.part, shape };
  }

  #check(type: string, kwargs: Kwargs, meta: Kwargs, severity: "error" | "warning", at: Path): void {
    const {
      column,
      mostly,
      row_condition: where,
      condition_parser: _,
      result_format: _2,
      batch_id: _3,
      ...rest
    } = kwargs;
    if (where !== undefined)
      this.#lose("condition", `The condition on its rows (${String(where).slice(0, 60)}) is in another language.`, [
        ...at,
        "kwargs",
        "row_condition",
      ]);
    const name = this.#name(texts(meta["check"]) ?? (typeof column === "string" ? `${type}.${column}` : type));
    const common = defined({
      name,
      column: typeof column === "string" ? column : undefined,
      threshold: typeof mostly === "number" ? mostly : undefined,
      severity,
      dimension: texts(meta["dimension"]),
      at: [] as Path,
    });
    const query = texts(kwargs["unexpected_rows_query"]);
    if (type === "unexpected_rows_expectation" && query !== undefined) {
      this.checks.push({ ...common, ...measured(query), assertion: "sql" });
    } else if (type === "expect_column_values_to_be_of_type" || !assertions.has(type)) {
      this.#lose("checks", `${type} is not known, so it is not kept.`, at);
    } else this.checks.push({ ...common, assertion: type, arguments: rest });
  }

  #lose(feature: string, message: string, at: Path): void {
    this.#context.lose({ feature, message, port: this.#port, span: () => this.#document.spanOf(at) });
  }

  #name(wanted: string): string {
    const taken = new Set(this.checks.map((check) => check.name));
    let name = wanted;
    for (let n = 2; taken.has(name); n++) name = `${wanted}_${n}`;
    return name;
  }
}

const operators: Readonly<Record<string, string>> = {
  "=": "must_be",
  "<>": "must_not_be",
  ">": "must_be_greater_than",
  ">=": "must_be_greater_or_equal_to",
  "<": "must_be_less_than",
  "<=": "must_be_less_or_equal_to",
};

/** Rows that nobody expects are to be counted; a query that Meshwork wrote around a measured value is taken off again. */
function measured(query: string): { sql: string; arguments: Record<string, unknown> } {
  const own = /^SELECT \* FROM \(\n([\s\S]*)\n\) AS result\(measured\) WHERE NOT \((.*)\)$/.exec(query);
  const found = own === null ? undefined : conditions(own[2]!);
  if (own !== null && found !== undefined) return { sql: own[1]!.replaceAll("{batch}", "{port}"), arguments: found };
  const inner = query.trim().replace(/;\s*$/, "").replaceAll("{batch}", "{port}");
  return { sql: `select count(*) from (\n${inner}\n) as unexpected`, arguments: { must_be: 0 } };
}

function conditions(text: string): Record<string, unknown> | undefined {
  const found: Record<string, unknown> = {};
  const one =
    /\s*measured (?:(NOT )?BETWEEN (-?[\d.e+-]+) AND (-?[\d.e+-]+)|(<>|>=|<=|=|<|>) (-?[\d.e+-]+))(?: AND|$)/y;
  one.lastIndex = 0;
  while (one.lastIndex < text.length) {
    const match = one.exec(text);
    if (match === null) return undefined;
    const [, not, low, high, operator, value] = match;
    if (operator !== undefined) found[operators[operator]!] = Number(value);
    else found[not === undefined ? "must_be_between" : "must_not_be_between"] = [Number(low), Number(high)];
  }
  return found;
}

/** The types of the engines that expectations run on: pandas, Spark, SQL. */
function shapeOf(word: string): PartShape | undefined {
  switch (word.toLowerCase().replace(/type(?:\(\))?$/, "")) {
    case "int":
    case "int64":
    case "long":
    case "bigint":
      return int(64);
    case "int32":
    case "integer":
      return int(32);
    case "float":
    case "float64":
    case "double":
      return float(64);
    case "str":
    case "string":
    case "varchar":
    case "text":
    case "object":
      return { kind: "string" };
    case "bool":
    case "boolean":
      return { kind: "boolean" };
    case "date":
      return { kind: "date" };
    case "datetime64":
    case "datetime64[ns]":
    case "timestamp":
    case "datetime":
      return timestamp(6, false);
    default:
      return undefined;
  }
}
