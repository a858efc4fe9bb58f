import type { ContractColumn, OutputPort } from "@meshwork/contract";
import { portReference, snakeName, typeWordOf } from "@meshwork/contract";
import { literalText } from "./dbt/dbt-domain.ts";
import type { EmitContext } from "./define-format.ts";
import { defineFormat } from "./define-format.ts";
import type { YamlValue } from "./yaml-text.ts";
import { yamlText } from "./yaml-text.ts";

/**
 * The ports as dbt's properties: `schema.yml` with a model for each, its columns and the tests that every dbt has
 * (`not_null`, `unique`, `accepted_values`). All else that a contract checks is reported as lost. Texts are escaped,
 * because dbt renders them as templates.
 */
export const dbtSchema = defineFormat({
  name: "dbt-schema",
  summary: "dbt properties with the tests that every dbt has (schema.yml)",
  emit: (contract, context) => [
    { path: "schema.yml", text: yamlText({ version: 2, models: contract.ports.map((port) => model(port, context)) }) },
  ],
});

function model(port: OutputPort, context: EmitContext): YamlValue {
  const keys = port.columns.filter((column) => column.constraints.primaryKey === true);
  return {
    name: snakeName(port.name),
    ...(port.description === undefined ? {} : { description: literalText(port.description) }),
    columns: port.columns.map((column) => columnOf(column, port, keys.length === 1, context)),
  };
}

function columnOf(column: ContractColumn, port: OutputPort, soleKey: boolean, { report }: EmitContext): YamlValue {
  const { constraints: c } = column;
  const lose = (feature: string, message: string): void =>
    report({ feature, message, port: port.name, column: column.name, path: column.at });
  const unique = c.unique === true || (c.primaryKey === true && soleKey);
  if (c.primaryKey === true && !soleKey) lose("primary-key", "A key of several columns has no test of dbt's own.");
  const bounds = c.min ?? c.max ?? c.exclusiveMin ?? c.exclusiveMax ?? c.minLength ?? c.maxLength;
  if (bounds !== undefined) lose("bounds", "Bounds and lengths have no test of dbt's own.");
  if (c.pattern !== undefined) lose("pattern", "Patterns have no test of dbt's own.");
  if (c.references !== undefined && portReference(c.references) !== undefined) {
    lose("references", "A reference to another product needs its relation, which a test of dbt cannot ask for.");
  }
  const tests: YamlValue[] = [
    ...(column.nullable ? [] : ["not_null"]),
    ...(unique ? ["unique"] : []),
    ...(c.enum === undefined ? [] : [{ accepted_values: { arguments: acceptedValues(c.enum) } }]),
  ];
  return {
    name: literalText(column.name),
    ...(column.description === undefined ? {} : { description: literalText(column.description) }),
    data_type: literalText(typeWordOf(column.type)),
    ...(tests.length === 0 ? {} : { data_tests: tests }),
  };
}

function acceptedValues(values: readonly (string | number | boolean)[]): YamlValue {
  const list = values.map((value) => (typeof value === "string" ? literalText(value) : value));
  return { values: list, ...(values.every((value) => typeof value === "string") ? {} : { quote: false }) };
}
