import { hash as digest } from "node:crypto";
import { repr, str, toPython } from "@meshwork/jinja";
import type { ConfigValue } from "./model.ts";

const hash = (text: string): string => digest("md5", text);

const flat = (value: ConfigValue): string[] => {
  if (Array.isArray(value)) return (value as readonly ConfigValue[]).map(pythonText);
  if (typeof value === "object" && value !== null) return Object.values(value).map(pythonText);
  return [pythonText(value)];
};

/** Text as Python prints it, because dbt's names are made of that. */
export const pythonText = (value: ConfigValue): string => str(toPython(value));

/** dbt's names of a generic test: `not_null_orders_order_id`. */
export interface TestName {
  readonly name: string;
  /** From 64 characters on it ends in a hash, so that it fits as the name of a relation or a file. */
  readonly short: string;
}

export function testName(test: string, subject: string, args: ReadonlyMap<string, ConfigValue>): TestName {
  const parts = [...args]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, value]) => flat(value))
    .map((part) => part.replaceAll(/[^0-9a-zA-Z_]+/g, "_"));
  const kind = `${test.replaceAll(".", "_")}_${subject}`;
  const name = `${kind}_${parts.join("__")}`;
  return { name, short: name.length < 64 ? name : `${kind.slice(0, 30)}_${hash(name)}` };
}

/** The last part of a generic test's id, as dbt makes it: of its name, its macro and the macro's arguments. */
export function testHash(
  name: string,
  namespace: string | undefined,
  macro: string,
  kwargs: ReadonlyMap<string, ConfigValue>,
): string {
  const metadata = { kwargs: Object.fromEntries(kwargs), name: macro, namespace: namespace ?? null };
  return hash(name + repr(toPython(textual(metadata)))).slice(-10);
}

/** Every leaf as text and every mapping in order of its keys. */
function textual(value: ConfigValue): ConfigValue {
  if (Array.isArray(value)) return (value as readonly ConfigValue[]).map(textual);
  if (typeof value !== "object" || value === null) return pythonText(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, textual(inner)]));
}
